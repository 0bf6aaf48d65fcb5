import type { Tx } from "@tollgate/kit";
import { lt } from "drizzle-orm";
import { turn } from "./sample.schema.js";

/**
 * Claims one turn of work that repeats by the clock, for the transaction that does it: of all processes that come with
 * the same number one gets it, the others find it done. A transaction that fails leaves the turn to the next.
 */
export const claimTurn = async (tx: Tx, name: string, number: bigint): Promise<boolean> => {
  const rows = await tx.db
    .insert(turn)
    .values({ name, number })
    .onConflictDoUpdate({ target: turn.name, set: { number }, setWhere: lt(turn.number, number) })
    .returning({ name: turn.name });
  return rows.length > 0;
};
