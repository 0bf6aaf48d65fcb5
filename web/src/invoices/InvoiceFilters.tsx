import { Chip, Chips } from "../filters/Chips.js";
import { DayFields } from "../filters/DayFields.js";
import { Filters } from "../filters/Filters.js";
import {
  type InvoicesSearch,
  parseInvoicesSearch,
  STATE_WORDS,
  STATES,
  statesOf,
  toggleState,
} from "./invoices-search.js";

interface InvoiceFiltersProps {
  search: InvoicesSearch;
  onChange(search: InvoicesSearch): void;
}

/** Which invoices are listed; all of it stands in the address. */
export function InvoiceFilters({ search, onChange }: InvoiceFiltersProps) {
  const states = statesOf(search.state);
  const set = (changed: Partial<InvoicesSearch>) => onChange(parseInvoicesSearch({ ...search, ...changed }));
  return (
    <Filters onShowAll={Object.keys(search).length > 0 ? () => onChange({}) : null}>
      <Chips legend="State">
        {STATES.map((state) => (
          <Chip key={state} pressed={states.includes(state)} onPress={() => onChange(toggleState(search, state))}>
            {STATE_WORDS[state]}
          </Chip>
        ))}
        {search.organisation && (
          <Chip
            pressed
            onPress={() => {
              const { organisation: _organisation, ...rest } = search;
              onChange(rest);
            }}
          >
            One organisation only
          </Chip>
        )}
      </Chips>
      <DayFields labels={["Billed from", "Until"]} from={search.from} to={search.to} onChange={set} />
    </Filters>
  );
}
