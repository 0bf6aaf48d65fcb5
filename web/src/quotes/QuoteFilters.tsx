import "@mantine/core/styles/Input.css";
import { Button, TextInput } from "@mantine/core";
import chip from "../components/Chip.module.css";
import classes from "./Quotes.module.css";
import { STATE_WORDS } from "./quote-words.js";
import { parseQuotesSearch, type QuotesSearch, STATES, statesOf, toggleState } from "./quotes-search.js";

interface QuoteFiltersProps {
  search: QuotesSearch;
  onChange(search: QuotesSearch): void;
}

/** Which quotes are listed; all of it stands in the address. */
export function QuoteFilters({ search, onChange }: QuoteFiltersProps) {
  const states = statesOf(search.state);
  const set = (changed: Partial<QuotesSearch>) => onChange(parseQuotesSearch({ ...search, ...changed }));
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
        label="Made from"
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
