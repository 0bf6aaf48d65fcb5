import type { Tx } from "@tollgate/kit";

/**
 * Claims one turn of work that repeats by the clock, for the transaction that does it: of all processes that come with
 * the same number one gets it, the others find it done. A transaction that fails leaves the turn to the next.
 */
export const claimTurn = async (tx: Tx, name: string, number: bigint): Promise<boolean> => {
  const rows = await tx.sql`
    insert into turn as t (name, number) values (${name}, ${number})
    on conflict (name) do update set number = excluded.number where t.number < excluded.number returning 1`;
  return rows.length > 0;
};
