import type { Tx } from "@tollgate/kit";

/** The organisation at the top, which what belongs to nobody yet is kept for. */
export const platformOf = async (tx: Tx): Promise<string> => {
  const [row] = await tx.sql<{ organisation_id: string }[]>`
    select organisation_id from tenancy order by path collate "C" limit 1`;
  if (!row) throw new Error("there is no organisation yet");
  return row.organisation_id;
};
