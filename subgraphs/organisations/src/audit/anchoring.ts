import type { Database, Tx } from "@tollgate/kit";
import type { AnchorFile, NewAnchor } from "./anchor-file.js";
import { type ChainPoint, hex } from "./chain.js";
import type { ChainSignatures } from "./signatures.js";

/**
 * Anchors every chain that has grown since it was anchored last: signed, in a table that is only added to, and in a file
 * where there is one. The file comes first: an anchor that it alone has does no harm.
 * @returns how many.
 */
export const anchorTrails = async (
  database: Database,
  signatures: ChainSignatures,
  file: AnchorFile | null,
  at: Date,
): Promise<number> => {
  const grown = await database.system("audit anchors", grownChains);
  const anchors: NewAnchor[] = grown.map(({ organisationId, position, hash }) => ({
    organisationId,
    position,
    hash,
    at,
    signature: signatures.sign("ANCHOR", organisationId, { position, hash }),
  }));
  await file?.append(anchors, at);
  await database.system("audit anchors", (tx) => keep(tx, anchors, at));
  return anchors.length;
};

const keep = async (tx: Tx, anchors: readonly NewAnchor[], at: Date): Promise<void> => {
  await tx.sql`
    insert into audit_anchor (organisation_id, position, hash, at, signature)
    select o, p, decode(h, 'hex'), ${at.toISOString()}, decode(s, 'hex') from unnest(${anchors.map((one) => one.organisationId)}::uuid[],
      ${anchors.map((one) => one.position.toString())}::bigint[], ${anchors.map((one) => hex(one.hash))}::text[],
      ${anchors.map((one) => hex(one.signature))}::text[]) as a (o, p, h, s)
    on conflict do nothing`;
};

/** The ends of chains beyond their newest anchors. One look-up by index for each organisation, however long its chain. */
const grownChains = async (tx: Tx): Promise<(ChainPoint & { organisationId: string })[]> =>
  await tx.sql<(ChainPoint & { organisationId: string })[]>`
    select t.organisation_id as "organisationId", l.position, l.hash from tenancy t
      cross join lateral (select position, hash from audit_link where organisation_id = t.organisation_id
        order by position desc limit 1) l
     where not exists (select 1 from audit_anchor a
       where a.organisation_id = t.organisation_id and a.position >= l.position)`;

/** The furthest position that an anchor promises; null where there is none. */
export const newestAnchor = async (tx: Tx, organisationId: string): Promise<bigint | null> => {
  const [row] = await tx.sql<{ position: bigint | null }[]>`
    select max(position) as position from audit_anchor where organisation_id = ${organisationId}`;
  return row?.position ?? null;
};
