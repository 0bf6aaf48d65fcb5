import "@mantine/core/styles/Input.css";
import { Button, TextInput } from "@mantine/core";
import chip from "../components/Chip.module.css";
import classes from "./Invoices.module.css";
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
    <search className={classes.filters}>
      <fieldset className={classes.choices}>
        <legend className="visually-hidden">State</legend>
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className={chip.chip}
            aria-pressed={states.includes(state)}
            onClick={() => onChange(toggleState(search, state))}
          >
            {STATE_WORDS[state]}
          </button>
        ))}
        {search.organisation && (
          <button
            type="button"
            className={chip.chip}
            aria-pressed
            onClick={() => {
              const { organisation: _organisation, ...rest } = search;
              onChange(rest);
            }}
          >
            One organisation only
          </button>
        )}
      </fieldset>
      <TextInput
        type="date"
        label="Billed from"
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
