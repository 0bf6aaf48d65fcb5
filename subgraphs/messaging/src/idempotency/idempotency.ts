import { once as onceOfKit, requireUser, type Tx } from "@tollgate/kit";

/**
 * Does `work` once per key of the caller's organisation: repeated with the same input it gives the first result again.
 * Results are ids, so that they are read afresh.
 * @throws ConflictFault for a key that was used with another input.
 */
export const once = <Result>(
  tx: Tx,
  operation: string,
  { idempotencyKey: key, ...input }: { idempotencyKey: string },
  at: Date,
  work: () => Promise<Result>,
): Promise<Result> => {
  const { organisationId } = requireUser(tx.caller);
  return onceOfKit(tx, { organisationId, key, operation, input }, at, work);
};
