import { createHash } from "node:crypto";
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
const ownerOf = ({ caller }: Tx, { organisationId }: Claim): string => {
  if (caller.kind === "USER") return homeOrganisation(caller);
  if (organisationId === undefined) throw new Error("a key of the system needs an organisation");
  return organisationId;
};

/**
 * Does `work` once per key: repeated with the same input it gives the first result again. Somebody else doing the same
 * at this moment is waited for. The result must survive the JSON codec. The subgraph has a table `idempotency` with
 * `organisation_id, key, digest, result, created_at`, whose key is the first two.
 * @throws ConflictFault for a key that was used with another input; InvalidInputFault for one that is too long or empty.
 */
export const once = async <Result>(tx: Tx, claim: Claim, at: Date, work: () => Promise<Result>): Promise<Result> => {
  const { key, operation, input } = claim;
  const organisationId = ownerOf(tx, claim);
  if (key.length === 0 || key.length > LONGEST_KEY) {
    throw InvalidInputFault.of("idempotencyKey", "OUT_OF_RANGE", `A key has 1 to ${LONGEST_KEY} characters.`);
  }
  const digest = createHash("sha256")
    .update(encode([operation, input]))
    .digest("hex");
  const [claimed] = await tx.sql`
    insert into idempotency (organisation_id, key, digest, created_at)
    values (${organisationId}, ${key}, ${digest}, ${at.toISOString()}) on conflict do nothing returning 1`;
  if (claimed) {
    const result = await work();
    // In a list, so that no result at all is kept as well.
    await tx.sql`
      update idempotency set result = ${encode([result])}::jsonb where organisation_id = ${organisationId} and key = ${key}`;
    return result;
  }
  const [done] = await tx.sql<{ digest: string; result: unknown }[]>`
    select digest, result from idempotency where organisation_id = ${organisationId} and key = ${key}`;
  if (done?.digest !== digest) throw new ConflictFault("This idempotencyKey was used before with another input.");
  const [result] = revive(done.result) as [Result]; // what `work` gave under this digest
  return result;
};

/** Forgets keys that were used before `before`. */
export const forgetKeys = async (tx: Tx, before: Date): Promise<void> => {
  await tx.sql`delete from idempotency where created_at < ${before.toISOString()}`;
};
