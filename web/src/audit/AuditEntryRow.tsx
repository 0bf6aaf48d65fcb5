import { IconAlertTriangle, IconBan, IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useFormats, usePerson } from "../app/services-context.js";
import { ABSENT } from "../format/formats.js";
import type { AuditEntryFieldsFragment, AuditOutcome } from "../gql/graphql.js";
import classes from "./Audit.module.css";
import type { AuditSearch } from "./audit-search.js";
import { changesBetween } from "./changes.js";

const OUTCOMES: Record<AuditOutcome, { icon: typeof IconCheck; word: string; tone: string | undefined }> = {
  SUCCEEDED: { icon: IconCheck, word: "Done", tone: classes.good },
  REFUSED: { icon: IconBan, word: "Refused", tone: classes.bad },
  FAILED: { icon: IconAlertTriangle, word: "Failed", tone: classes.warn },
};

/** Who it was, as far as it is known. */
function actorOf({ actorKind, user }: AuditEntryFieldsFragment): string {
  if (actorKind === "SYSTEM") return "Tollgate";
  if (actorKind === "API_KEY") return "An API key";
  return user?.displayName ?? "Somebody";
}

/** One entry: what, by whom and how it ended; the rest on demand. */
export function AuditEntryRow({ entry, search }: { entry: AuditEntryFieldsFragment; search?: AuditSearch }) {
  const formats = useFormats();
  const own = usePerson()?.organisation?.id;
  const { icon: Icon, word, tone } = OUTCOMES[entry.outcome];
  return (
    <li className={classes.entry}>
      <details>
        <summary className={classes.summary}>
          <span className={`${classes.outcome} ${tone}`}>
            <Icon size={14} stroke={2} aria-hidden />
            {word}
          </span>
          <span className={`mono ${classes.action}`}>{entry.action}</span>
          <span className={classes.who}>
            {actorOf(entry)}
            {entry.organisation && entry.organisation.id !== own && (
              <span className="dimmed"> · {entry.organisation.name}</span>
            )}
          </span>
          <time dateTime={entry.at} className={classes.at}>
            {formats.dateTime(entry.at)}
          </time>
        </summary>
        <div className={classes.detail}>
          <Changes entry={entry} />
          <Facts entry={entry} search={search} />
        </div>
      </details>
    </li>
  );
}

function Changes({ entry }: { entry: AuditEntryFieldsFragment }) {
  const changes = changesBetween(entry.before, entry.after);
  if (changes.length === 0) return null;
  return (
    <table className={classes.changes}>
      <caption className="visually-hidden">What changed</caption>
      <thead>
        <tr>
          <th scope="col">Value</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, before, after }) => (
          <tr key={path}>
            <th scope="row" className="mono">
              {path}
            </th>
            <td>{before === null ? ABSENT : <del>{before}</del>}</td>
            <td>{after === null ? ABSENT : <ins>{after}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The same question, of the entries themselves. */
function entriesOf({ view: _view, ...rest }: AuditSearch): AuditSearch {
  return rest;
}

function Facts({ entry, search = {} }: { entry: AuditEntryFieldsFragment; search?: AuditSearch | undefined }) {
  const { resource, resourceId, actorId, address, userAgent, requestId, hash, problem, subgraph } = entry;
  return (
    <dl className={classes.facts}>
      <dt>On</dt>
      <dd>
        {resource}{" "}
        {resourceId && (
          <Link to="/audit" search={{ ...entriesOf(search), id: resourceId }} className="mono">
            {resourceId}
          </Link>
        )}
      </dd>
      {actorId && (
        <>
          <dt>By</dt>
          <dd>
            <Link to="/audit" search={{ ...entriesOf(search), actor: actorId }} className="mono">
              {actorId}
            </Link>
          </dd>
        </>
      )}
      {problem && (
        <>
          <dt>Because</dt>
          <dd className="mono">{problem}</dd>
        </>
      )}
      <dt>From</dt>
      <dd>
        {address ?? ABSENT}
        {userAgent && <span className="dimmed"> · {userAgent}</span>}
      </dd>
      <dt>Part</dt>
      <dd>{subgraph}</dd>
      {requestId && (
        <>
          <dt>Request</dt>
          <dd className="mono">{requestId}</dd>
        </>
      )}
      <dt>Hash</dt>
      <dd className="mono">{hash ?? "waits for its place in the chain"}</dd>
    </dl>
  );
}
