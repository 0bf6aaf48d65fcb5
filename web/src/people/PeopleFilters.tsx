import { IconSearch } from "@tabler/icons-react";
import { Chip, Chips } from "../filters/Chips.js";
import { TypedField } from "../filters/TypedField.js";
import classes from "./People.module.css";
import { statusWord } from "./PersonStatus.js";
import { type PeopleSearch, parsePeopleSearch, STATUSES, statusesOf, toggleStatus } from "./people-search.js";

const FACTORS = [
  ["on", "With second factor"],
  ["off", "Without"],
] as const;
const ORDERS = [
  [{}, "By name"],
  [{ sort: "LAST_SIGNED_IN_AT", down: true }, "Last seen"],
  [{ sort: "CREATED_AT", down: true }, "Newest"],
] as const;

interface PeopleFiltersProps {
  search: PeopleSearch;
  onChange(search: PeopleSearch): void;
}

/** What is listed, and in which order; all of it stands in the address. */
export function PeopleFilters({ search, onChange }: PeopleFiltersProps) {
  const statuses = statusesOf(search.status);
  const change = (next: PeopleSearch) => onChange(parsePeopleSearch({ ...next }));

  return (
    <search className={classes.filters}>
      <TypedField
        type="search"
        aria-label="Search people"
        placeholder="Name or e-mail"
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        value={search.search}
        onType={(text) => change({ ...search, search: text })}
        className={classes.searchField}
      />
      <Chips legend="Status">
        {STATUSES.map((status) => (
          <Chip key={status} pressed={statuses.includes(status)} onPress={() => onChange(toggleStatus(search, status))}>
            {statusWord(status)}
          </Chip>
        ))}
      </Chips>
      <Chips legend="Second factor">
        {FACTORS.map(([factor, word]) => (
          <Chip
            key={factor}
            pressed={search.factor === factor}
            onPress={() => {
              const { factor: before, ...rest } = search;
              change(before === factor ? rest : { ...rest, factor });
            }}
          >
            {word}
          </Chip>
        ))}
      </Chips>
      <Chips legend="Order">
        {ORDERS.map(([order, word]) => {
          const { sort: _sort, down: _down, ...rest } = search;
          const pressed = ("sort" in order ? order.sort : undefined) === search.sort;
          return (
            <Chip key={word} pressed={pressed} onPress={() => change({ ...rest, ...order })}>
              {word}
            </Chip>
          );
        })}
      </Chips>
    </search>
  );
}
