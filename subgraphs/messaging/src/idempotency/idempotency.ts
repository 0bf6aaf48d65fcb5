import { createHash } from "node:crypto";
import { ConflictFault, InvalidInputFault, requireUser, type Tx } from "@tollgate/kit";
import { encode } from "@tollgate/kit/protocol";
import { and, eq, lt } from "drizzle-orm";
import { idempotency } from "./idempotency.schema.js";

const LONGEST_KEY = 200;

/**
 * Does `work` once per key of the caller's organisation: repeated with the same input it gives the first result again.
 * Somebody else doing the same at this moment is waited for. Results are ids, so that they are read afresh.
 * @throws ConflictFault for a key that was used with another input.
 */
export const once = async <Result>(
  tx: Tx,
  operation: string,
  input: { idempotencyKey: string },
  at: Date,
  work: () => Promise<Result>,
): Promise<Result> => {
  const { organisationId } = requireUser(tx.caller);
  const { idempotencyKey: key, ...rest } = input;
  if (key.length === 0 || key.length > LONGEST_KEY) {
    throw InvalidInputFault.of("idempotencyKey", "OUT_OF_RANGE", `A key has 1 to ${LONGEST_KEY} characters.`);
  }
  const digest = createHash("sha256")
    .update(encode([operation, rest]))
    .digest("hex");
  const [claimed] = await tx.db
    .insert(idempotency)
    .values({ organisationId, key, digest, createdAt: at })
    .onConflictDoNothing()
    .returning({ key: idempotency.key });
  const own = and(eq(idempotency.organisationId, organisationId), eq(idempotency.key, key));
  if (claimed) {
    const result = await work();
    await tx.db
      .update(idempotency)
      .set({ result: [result] })
      .where(own);
    return result;
  }
  const [done] = await tx.db.select().from(idempotency).where(own);
  if (done?.digest !== digest) throw new ConflictFault("This idempotencyKey was used before with another input.");
  const [result] = done.result as [Result]; // what `work` gave under this digest, as the codec restored it
  return result;
};

/** Forgets keys that were used before `before`. */
export const forgetKeys = async (tx: Tx, before: Date): Promise<void> => {
  await tx.db.delete(idempotency).where(lt(idempotency.createdAt, before));
};
