import "@mantine/core/styles/Input.css";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import chip from "../components/Chip.module.css";
import { PROVIDERS } from "../wallet/wallet-words.js";
import classes from "./Payments.module.css";
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
    <search className={classes.filters}>
      <fieldset className={classes.choices}>
        <legend className="visually-hidden">State</legend>
        {groups.map((group) => (
          <button
            key={group}
            type="button"
            className={chip.chip}
            aria-pressed={search.state === group}
            onClick={() => set({ state: search.state === group ? undefined : group })}
          >
            {STATE_GROUPS[group].label}
          </button>
        ))}
        {search.organisation && (
          <button type="button" className={chip.chip} aria-pressed onClick={() => set({ organisation: undefined })}>
            One organisation only
          </button>
        )}
      </fieldset>
      <NativeSelect
        label="By"
        value={search.provider ?? ""}
        onChange={(event) => set({ provider: event.currentTarget.value })}
        data={[{ value: "", label: "Any way" }, ...WAYS.map((way) => ({ value: way, label: PROVIDERS[way].name }))]}
      />
      <TextInput
        type="date"
        label="Started from"
        value={search.from ?? ""}
        max={search.to}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label="Until"
        value={search.to ?? ""}
        min={search.from}
        onChange={(event) => set({ to: event.currentTarget.value })}
      />
      {Object.keys(search).length > 0 && (
        <Button size="xs" variant="subtle" onClick={() => onChange({})}>
          Show all
        </Button>
      )}
    </search>
  );
}
