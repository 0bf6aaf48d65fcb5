import type { Tx } from "@tollgate/kit";
import type { Revocations } from "@tollgate/kit/protocol";
import { asc, gt, sql } from "drizzle-orm";
import { revocation } from "../tables.js";

/** As long as an access token lives, and a little: an older revocation has no token left to refuse. */
const REMEMBERED = sql`now() - interval '16 minutes'`;

/** Revocations after a sequence number, or all that still matter. */
export const readRevocations = async (tx: Tx, after: string | null): Promise<Revocations> => {
  const rows = await tx.db
    .select()
    .from(revocation)
    .where(after === null ? gt(revocation.at, REMEMBERED) : gt(revocation.sequence, BigInt(after)))
    .orderBy(asc(revocation.sequence));
  const last = rows.at(-1)?.sequence.toString() ?? after ?? (await lastSequence(tx));
  return {
    sequence: last,
    endedSessionIds: rows.flatMap((row) => (row.sessionId === null ? [] : [row.sessionId])),
    permissionsVersions: rows.flatMap((row) =>
      row.userId === null || row.permissionsVersion === null
        ? []
        : [{ userId: row.userId, version: Number(row.permissionsVersion) }],
    ),
  };
};

const lastSequence = async (tx: Tx): Promise<string> => {
  const [row] = await tx.sql<{ last: bigint | null }[]>`select max(sequence) as last from revocation`;
  return (row?.last ?? 0n).toString();
};
