import { InvalidInputFault, networkOf, oneLine, RateLimitedFault, type RefusedField, type Tx } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { registrationRequest } from "../tables.js";

const LONGEST_NAME = 120;

/** Names without the space around them and characters that nobody sees. @throws InvalidInputFault naming each that is empty or too long. */
export const namesOf = <Field extends string>(given: Record<Field, string>): Record<Field, string> => {
  const names = Object.entries<string>(given).map(([field, name]) => [field, oneLine(name)] as const);
  const refused = names.flatMap(([field, name]): RefusedField[] =>
    name.length >= 1 && name.length <= LONGEST_NAME
      ? []
      : [{ path: [field], reason: "LENGTH", message: `Give 1 to ${LONGEST_NAME} characters.` }],
  );
  if (refused.length > 0) throw new InvalidInputFault(refused);
  return Object.fromEntries(names) as Record<Field, string>; // the same fields
};

type RequestKind = (typeof registrationRequest.$inferSelect)["kind"];

/** An address may be a whole office; an e-mail is one person's. */
const FROM_ADDRESS = { most: 30, seconds: 3600 };
const FOR_EMAIL = { most: 8, seconds: 86_400 };

/**
 * Counts what a stranger asks for. Counts alike whether anybody has the e-mail or not.
 * @throws RateLimitedFault for an address or an e-mail that asked too often.
 */
export const countRequest = async (tx: Tx, kind: RequestKind, email: string, now: Date): Promise<void> => {
  const address = networkOf(tx.caller.address);
  const key = email.toLowerCase();
  // One after the other, so that a crowd of requests at once does not get past the count.
  await tx.sql`select pg_advisory_xact_lock(hashtext(${`${kind} ${address}`}))`;
  await tx.sql`select pg_advisory_xact_lock(hashtext(${`${kind} ${key}`}))`;
  const wait = Math.max(
    await secondsToWait(tx, "address", kind, address, FROM_ADDRESS, now),
    await secondsToWait(tx, "email", kind, key, FOR_EMAIL, now),
  );
  if (wait > 0) throw new RateLimitedFault(wait);
  await tx.db.insert(registrationRequest).values({ kind, address, email: key, at: now });
};

const secondsToWait = async (
  tx: Tx,
  by: "address" | "email",
  kind: RequestKind,
  value: string,
  { most, seconds }: { most: number; seconds: number },
  now: Date,
): Promise<number> => {
  const column = by === "address" ? registrationRequest.address : registrationRequest.email;
  const since = new Date(now.getTime() - seconds * 1000);
  const [row] = await tx.db
    .select({ at: registrationRequest.at })
    .from(registrationRequest)
    .where(sql`kind = ${kind} and ${column} = ${value} and at > ${since.toISOString()}`)
    .orderBy(sql`at desc`)
    .offset(most - 1)
    .limit(1);
  return row ? Math.max(1, Math.ceil((row.at.getTime() - since.getTime()) / 1000)) : 0;
};

export const tidyRequests = async (tx: Tx): Promise<void> => {
  await tx.db.delete(registrationRequest).where(sql`at < now() - interval '2 days'`);
};
