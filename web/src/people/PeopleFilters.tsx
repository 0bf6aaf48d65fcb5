import "@mantine/core/styles/Input.css";
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import chip from "../components/Chip.module.css";
import classes from "./People.module.css";
import { statusWord } from "./PersonStatus.js";
import { type PeopleSearch, parsePeopleSearch, STATUSES, statusesOf, toggleStatus } from "./people-search.js";

const TYPING_MS = 300;
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
  const input = useRef<HTMLInputElement>(null);
  const statuses = statusesOf(search.status);
  const change = (next: PeopleSearch) => onChange(parsePeopleSearch({ ...next }));
  const type = useDebouncedCallback((text: string) => change({ ...search, search: text }), TYPING_MS);

  // The address may change by itself (back, forward): the field follows, unless somebody types in it.
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = search.search ?? "";
  }, [search.search]);

  return (
    <search className={classes.filters}>
      <TextInput
        ref={input}
        type="search"
        aria-label="Search people"
        placeholder="Name or e-mail"
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        defaultValue={search.search}
        onChange={(event) => type(event.currentTarget.value)}
        className={classes.searchField}
      />
      <fieldset className={classes.choices}>
        <legend className="visually-hidden">Status</legend>
        {STATUSES.map((status) => (
          <Choice
            key={status}
            word={statusWord(status)}
            pressed={statuses.includes(status)}
            onPress={() => onChange(toggleStatus(search, status))}
          />
        ))}
      </fieldset>
      <fieldset className={classes.choices}>
        <legend className="visually-hidden">Second factor</legend>
        {FACTORS.map(([factor, word]) => (
          <Choice
            key={factor}
            word={word}
            pressed={search.factor === factor}
            onPress={() => {
              const { factor: before, ...rest } = search;
              change(before === factor ? rest : { ...rest, factor });
            }}
          />
        ))}
      </fieldset>
      <fieldset className={classes.choices}>
        <legend className="visually-hidden">Order</legend>
        {ORDERS.map(([order, word]) => {
          const { sort: _sort, down: _down, ...rest } = search;
          const pressed = ("sort" in order ? order.sort : undefined) === search.sort;
          return <Choice key={word} word={word} pressed={pressed} onPress={() => change({ ...rest, ...order })} />;
        })}
      </fieldset>
    </search>
  );
}

function Choice({ word, pressed, onPress }: { word: string; pressed: boolean; onPress(): void }) {
  return (
    <button type="button" className={chip.chip} aria-pressed={pressed} onClick={onPress}>
      {word}
    </button>
  );
}
