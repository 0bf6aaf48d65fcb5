import type { EventHandler, Tx } from "@tollgate/kit";
import type { Suspicion } from "@tollgate/kit/protocol";
import { membersHolding } from "../people/people.js";
import { notify } from "./notifications.js";

const TITLES: Readonly<Record<Suspicion["pattern"], string>> = {
  failedSignIns: "Many failed sign-ins",
  foreignIds: "Somebody tries ids that are not theirs",
  massExport: "Many exports in a short time",
  oddHours: "Somebody is active at an unusual hour",
  trailBroken: "The audit trail was changed",
};

/** A sentence of what was seen. */
const sentenceOf = ({ pattern, count, subject }: Suspicion, who: string): string => {
  const from = subject.kind === "ADDRESS" ? `the address ${subject.id}` : who;
  if (pattern === "failedSignIns") return `${count} sign-ins failed within a quarter of an hour, from ${from}.`;
  if (pattern === "foreignIds")
    return `${count} times within a quarter of an hour ${who} asked for what is not theirs.`;
  if (pattern === "massExport") return `${who} exported ${count} times within an hour.`;
  if (pattern === "oddHours") return `${who} was active at an hour at which they never were in the last 30 days.`;
  return "Its chain of hashes does not hold: entries were changed, removed or added past Tollgate.";
};

const nameOf = async (tx: Tx, { subject }: Suspicion): Promise<string> => {
  if (subject.kind === "API_KEY") return "an API key";
  if (subject.kind !== "USER") return "somebody";
  const [person] = await tx.sql<{ name: string }[]>`
    select display_name as name from person where user_id = ${subject.id}`;
  return person?.name ?? "somebody";
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Those who may read the trail are told what looks wrong in it. */
export const securitySuspected: EventHandler = async (tx, event) => {
  const suspicion = event.payload as Suspicion; // the catalogue's type for this event
  const { organisationId, pattern, at } = suspicion;
  const recipients = await membersHolding(tx, organisationId, ["audit:read"]);
  await notify(
    tx,
    recipients,
    {
      kind: "SECURITY",
      severity: pattern === "trailBroken" ? "CRITICAL" : "WARNING",
      title: TITLES[pattern],
      body: capital(sentenceOf(suspicion, await nameOf(tx, suspicion))),
      link: `/audit?organisation=${organisationId}&security=true`,
      subjectOrganisationId: organisationId,
      at,
    },
    event.id,
  );
};
