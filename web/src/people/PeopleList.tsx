import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/InlineInput.css";
import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useFormats, usePerson } from "../app/services-context.js";
import { useNow } from "../components/use-now.js";
import type { PersonFieldsFragment } from "../gql/graphql.js";
import classes from "./People.module.css";
import { PersonStatus } from "./PersonStatus.js";

const MINUTE_MS = 60_000;

interface PeopleListProps {
  people: readonly PersonFieldsFragment[];
  /** Ids of those who are chosen; null where nothing can be done to them. */
  chosen: ReadonlySet<string> | null;
  onChoose(id: string): void;
}

/** People with where they belong, what they are there, and when they were last seen. */
export function PeopleList({ people, chosen, onChoose }: PeopleListProps) {
  return (
    <ul className={classes.people}>
      {people.map((person) => (
        <PersonRow key={person.id} person={person} chosen={chosen} onChoose={onChoose} />
      ))}
    </ul>
  );
}

function PersonRow({ person, chosen, onChoose }: { person: PersonFieldsFragment } & Omit<PeopleListProps, "people">) {
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  const isSelf = usePerson()?.id === person.id;
  const { id, displayName, email, status, organisation, roles, lastSignedInAt, mfa } = person;
  return (
    <li className={classes.person}>
      <span>
        {chosen && !isSelf && status !== "ERASED" && (
          <Checkbox
            size="xs"
            aria-label={`Choose ${displayName}`}
            checked={chosen.has(id)}
            onChange={() => onChoose(id)}
          />
        )}
      </span>
      <div>
        <Link to="/people/$id" params={{ id }} className={classes.name}>
          {displayName}
        </Link>
        <p className={classes.small}>{status === "ERASED" ? "" : email}</p>
      </div>
      <div className={classes.place}>
        <p>{organisation?.name}</p>
        <p className={classes.small}>{roles?.map(({ name }) => name).join(", ")}</p>
      </div>
      <PersonStatus status={status} />
      <div className={classes.seen}>
        <p>{lastSignedInAt ? formats.ago(lastSignedInAt, now) : "Never signed in"}</p>
        <p className={classes.small}>{mfa?.enabled ? "Second factor" : "Password only"}</p>
      </div>
    </li>
  );
}
