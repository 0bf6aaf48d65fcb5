import "@mantine/core/styles/Input.css";
import { NativeSelect } from "@mantine/core";
import { Chip, Chips } from "../filters/Chips.js";
import { DayFields } from "../filters/DayFields.js";
import { Filters } from "../filters/Filters.js";
import { PROVIDERS } from "../wallet/wallet-words.js";
import { type PaymentsSearch, parsePaymentsSearch, STATE_GROUPS, type StateGroup, WAYS } from "./payments-search.js";

interface PaymentFiltersProps {
  search: PaymentsSearch;
  onChange(search: PaymentsSearch): void;
}

/** Which payments are listed; all of it stands in the address. */
export function PaymentFilters({ search, onChange }: PaymentFiltersProps) {
  const set = (changed: Partial<Record<keyof PaymentsSearch, unknown>>) =>
    onChange(parsePaymentsSearch({ ...search, ...changed }));
  const groups = Object.keys(STATE_GROUPS) as StateGroup[]; // the record has exactly these
  return (
    <Filters onShowAll={Object.keys(search).length > 0 ? () => onChange({}) : null}>
      <Chips legend="State">
        {groups.map((group) => (
          <Chip
            key={group}
            pressed={search.state === group}
            onPress={() => set({ state: search.state === group ? undefined : group })}
          >
            {STATE_GROUPS[group].label}
          </Chip>
        ))}
        {search.organisation && (
          <Chip pressed onPress={() => set({ organisation: undefined })}>
            One organisation only
          </Chip>
        )}
      </Chips>
      <NativeSelect
        label="By"
        value={search.provider ?? ""}
        onChange={(event) => set({ provider: event.currentTarget.value })}
        data={[{ value: "", label: "Any way" }, ...WAYS.map((way) => ({ value: way, label: PROVIDERS[way].name }))]}
      />
      <DayFields labels={["Started from", "Until"]} from={search.from} to={search.to} onChange={set} />
    </Filters>
  );
}
