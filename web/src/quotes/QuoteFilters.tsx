import { Chip, Chips } from "../filters/Chips.js";
import { DayFields } from "../filters/DayFields.js";
import { Filters } from "../filters/Filters.js";
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
      <DayFields labels={["Made from", "Until"]} from={search.from} to={search.to} onChange={set} />
    </Filters>
  );
}
