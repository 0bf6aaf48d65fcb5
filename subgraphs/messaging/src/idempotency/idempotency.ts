import { once as onceOfKit, type Tx } from "@tollgate/kit";

/**
 * Does `work` once per key of the organisation that the caller acts for: repeated with the same input it gives the first result again.
 * Results are ids, so that they are read afresh.
 * @throws ConflictFault for a key that was used with another input.
 */
export const once = <Result>(
  tx: Tx,
  operation: string,
  { idempotencyKey: key, ...input }: { idempotencyKey: string },
  at: Date,
  work: () => Promise<Result>,
): Promise<Result> => onceOfKit(tx, { key, operation, input }, at, work);
