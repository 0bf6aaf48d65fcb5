import type { Tx } from "@tollgate/kit";
import type { DeliveredEvent, UserChange } from "@tollgate/kit/protocol";
import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { person } from "../tables.js";

/** Follows accounts: state of a user, applied where it is newer. */
export const followPerson = async (tx: Tx, event: DeliveredEvent): Promise<void> => {
  const { userId, organisationId, email, displayName, status } = event.payload as UserChange; // of the catalogue of events
  const values = { organisationId, email, displayName, status, version: event.aggregateVersion };
  await tx.db
    .insert(person)
    .values({ userId, ...values })
    .onConflictDoUpdate({ target: person.userId, set: values, setWhere: lt(person.version, event.aggregateVersion) });
};

/** The name of a person as accounts last said it; null where it never did. */
export const nameOf = async (tx: Tx, userId: string | null): Promise<string | null> => {
  if (userId === null) return null;
  const [row] = await tx.db.select({ name: person.displayName }).from(person).where(eq(person.userId, userId));
  return row?.name ?? null;
};

/** Those of `emails` that people of this organisation have, in lower case. */
export const emailsOfMembers = async (
  tx: Tx,
  organisationId: string,
  emails: readonly string[],
): Promise<ReadonlySet<string>> => {
  const key = sql<string>`lower(${person.email})`;
  const rows = await tx.db
    .select({ email: key })
    .from(person)
    .where(and(eq(person.organisationId, organisationId), inArray(key, [...emails])));
  return new Set(rows.map((row) => row.email));
};
