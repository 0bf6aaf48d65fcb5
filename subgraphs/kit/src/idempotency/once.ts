import { createHash } from "node:crypto";
import { leaveNoRecord } from "../audit/mutations.js";
import { homeOrganisation } from "../caller/caller.js";
import type { Tx } from "../database/database.js";
import { ConflictFault, InvalidInputFault } from "../faults/fault.js";
import { encode, revive } from "../protocol/codec.js";

export interface Claim {
  /** Whose key it is where the system asks. A caller's are of the organisation that it acts for. */
  organisationId?: string;
  key: string;
  /** Of the mutation: the same key for another one is a conflict. */
  operation: string;
  input: unknown;
}

const LONGEST_KEY = 200;

/**
 * Keys of different organisations never meet. A caller who narrowed to one below writes nothing that is of his own, so
 * his keys are those of the organisation that he acts for.
 */
export const ownerOf = ({ caller }: Tx, { organisationId }: Claim): string => {
  if (caller.kind === "USER") return homeOrganisation(caller);
  if (organisationId === undefined) throw new Error("a key of the system needs an organisation");
  return organisationId;
};

/** Of a mutation and what it was asked for. */
export const digestOf = ({ operation, input }: Claim): string =>
  createHash("sha256")
    .update(encode([operation, input]))
    .digest("hex");

export const isKey = (key: string): boolean => key.length > 0 && key.length <= LONGEST_KEY;

export const notAKey = (): InvalidInputFault =>
  InvalidInputFault.of("idempotencyKey", "OUT_OF_RANGE", `A key has 1 to ${LONGEST_KEY} characters.`);

export const usedOtherwise = (): ConflictFault =>
  new ConflictFault("This idempotencyKey was used before with another input.");

/** @returns whether nobody used the key before; somebody who uses it at this moment is waited for. */
const take = async (tx: Tx, claim: Claim, at: Date): Promise<boolean> => {
  const { key } = claim;
  const organisationId = ownerOf(tx, claim);
  if (!isKey(key)) throw notAKey();
  const taken = await tx.sql`
    insert into idempotency (organisation_id, key, digest, created_at)
    values (${organisationId}, ${key}, ${digestOf(claim)}, ${at.toISOString()}) on conflict do nothing returning 1`;
  return taken.length > 0;
};

/** What was kept under a key that is taken, in a list; null while nothing is. @throws ConflictFault. */
const kept = async <Result>(tx: Tx, claim: Claim): Promise<[Result] | null> => {
  const [done] = await tx.sql<{ digest: string; result: unknown }[]>`
    select digest, result from idempotency where organisation_id = ${ownerOf(tx, claim)} and key = ${claim.key}`;
  if (done?.digest !== digestOf(claim)) throw usedOtherwise();
  return done.result === null ? null : (revive(done.result) as [Result]); // what was kept under this digest
};

/** What is answered again was recorded when it was done. An insert that met another's at the same moment counts as a change. */
export const noteRepetition = (): void => leaveNoRecord("a repetition of what is recorded already");

/** In a list, so that no result at all is kept as well; what is kept already stays. */
const keep = async (tx: Tx, claim: Claim, result: unknown): Promise<void> => {
  await tx.sql`
    update idempotency set result = coalesce(result, ${encode([result])}::jsonb)
     where organisation_id = ${ownerOf(tx, claim)} and key = ${claim.key}`;
};

/**
 * Does `work` once per key: repeated with the same input it gives the first result again. Somebody else doing the same
 * at this moment is waited for. The result must survive the JSON codec. The subgraph has a table `idempotency` with
 * `organisation_id, key, digest, result, created_at`, whose key is the first two.
 * @throws ConflictFault for a key that was used with another input; InvalidInputFault for one that is too long or empty.
 */
export const once = async <Result>(tx: Tx, claim: Claim, at: Date, work: () => Promise<Result>): Promise<Result> => {
  if (await take(tx, claim, at)) {
    const result = await work();
    await keep(tx, claim, result);
    return result;
  }
  const done = await kept<Result>(tx, claim);
  if (!done) throw new Error("a key was committed without its result");
  noteRepetition();
  return done[0];
};

/**
 * For work of many transactions that may be repeated: takes its key before any of it begins. What ends in the middle is
 * done again for the same key; then `keepResult`.
 * @returns the first result, in a list; null where there is none yet.
 * @throws as `once`.
 */
export const claimKey = async <Result>(tx: Tx, claim: Claim, at: Date): Promise<[Result] | null> => {
  if (await take(tx, claim, at)) return null;
  const done = await kept<Result>(tx, claim);
  if (done) noteRepetition();
  return done;
};

/** Keeps the result of what was begun with `claimKey`. @returns the one that counts: whoever was first gave it. */
export const keepResult = async <Result>(tx: Tx, claim: Claim, result: Result): Promise<Result> => {
  await keep(tx, claim, result);
  return (await kept<Result>(tx, claim))?.[0] ?? result;
};

/** Forgets keys that were used before `before`. */
export const forgetKeys = async (tx: Tx, before: Date): Promise<void> => {
  await tx.sql`delete from idempotency where created_at < ${before.toISOString()}`;
};
