import "@mantine/core/styles/Input.css";
import { useApolloClient } from "@apollo/client/react";
import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { AS_ONESELF } from "../api/client.js";
import { troubleOf } from "../api/problems.js";
import type { ActingFor } from "../app/acting.js";
import { Bones } from "../components/Bones.js";
import { ProblemText } from "../components/ProblemText.js";
import { FindOrganisationsDocument, type OrganisationKind } from "../gql/graphql.js";
import classes from "./OrganisationPicker.module.css";
import { KIND_WORDS } from "./organisation-words.js";

const TYPING_MS = 200;
const SHOWN = 20;

export interface Choice extends ActingFor {
  parent?: { name: string } | null;
}

interface OrganisationPickerProps {
  /** The organisation whose estate is searched. */
  rootId: string;
  label: string;
  /** A list that stays the same one from one drawing to the next. */
  kinds?: readonly OrganisationKind[];
  /** Offered before anything is typed. */
  recent?: readonly ActingFor[];
  onChoose(choice: Choice): void;
}

type Found = { state: "searching" } | { state: "failed"; words: string } | { state: "found"; choices: Choice[] };

/** Finds an organisation by typing; arrows choose, Enter takes. Asked as oneself, whoever one acts for. */
export function OrganisationPicker({ rootId, label, kinds, recent = [], onChoose }: OrganisationPickerProps) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  // The dialog around it may have been open already while this part of the page came.
  useEffect(() => input.current?.focus(), []);
  const [search] = useDebouncedValue(text.trim(), TYPING_MS);
  const found = useFound(rootId, search, kinds);
  const isRecent = search === "" && recent.length > 0;
  const choices: readonly Choice[] = isRecent ? recent : found.state === "found" ? found.choices : [];
  const current = Math.min(active, choices.length - 1);
  const idOf = (index: number) => `${list}-${index}`;

  const press = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setActive(Math.min(Math.max(current + move, 0), Math.max(choices.length - 1, 0)));
    }
    const chosen = choices[current];
    if (event.key === "Enter" && chosen) {
      event.preventDefault();
      onChoose(chosen);
    }
  };

  return (
    <div>
      <TextInput
        label={label}
        role="combobox"
        aria-expanded={choices.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={choices.length > 0 ? idOf(current) : undefined}
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        placeholder="Part of its name"
        autoComplete="off"
        ref={input}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={press}
      />
      {isRecent && <p className={classes.caption}>Recently</p>}
      {!isRecent && found.state === "searching" && <Bones lines={3} height={32} label="organisations" />}
      {!isRecent && found.state === "failed" && <ProblemText>{found.words}</ProblemText>}
      {!isRecent && found.state === "found" && choices.length === 0 && (
        <p role="status" className={classes.caption}>
          No organisation has this in its name.
        </p>
      )}
      <div id={list} role="listbox" aria-label={label} className={classes.list}>
        {choices.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of a listbox go to its combobox, which keeps the focus
          <div
            key={choice.id}
            id={idOf(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            ref={index === current ? scrollIntoSight : null}
            className={classes.choice}
            onMouseMove={() => setActive(index)}
            onClick={() => onChoose(choice)}
          >
            <span className={classes.name}>{choice.name}</span>
            <span className={classes.about}>
              {KIND_WORDS[choice.kind]}
              {choice.parent && ` of ${choice.parent.name}`}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

const scrollIntoSight = (element: HTMLElement | null) => element?.scrollIntoView({ block: "nearest" });

function useFound(rootId: string, search: string, kinds: readonly OrganisationKind[] | undefined): Found {
  const client = useApolloClient();
  const [found, setFound] = useState<Found>({ state: "searching" });
  useEffect(() => {
    let isOutdated = false;
    const filter = {
      search: search || null,
      kind: kinds ? [...kinds] : null,
      status: ["ACTIVE", "SUSPENDED"] as const,
    };
    // What it throws becomes words.
    void client
      .query({
        query: FindOrganisationsDocument,
        variables: { root: rootId, first: SHOWN, filter: { ...filter, status: [...filter.status] } },
        fetchPolicy: "no-cache",
        context: AS_ONESELF,
      })
      .then(({ data, error }): Found => {
        const nodes = data?.organisation?.estate.nodes;
        if (!nodes) return { state: "failed", words: troubleOf(error).what };
        return { state: "found", choices: nodes };
      })
      .catch((error: unknown): Found => ({ state: "failed", words: troubleOf(error).what }))
      .then((next) => !isOutdated && setFound(next));
    return () => {
      isOutdated = true;
    };
  }, [client, rootId, search, kinds]);
  return found;
}
