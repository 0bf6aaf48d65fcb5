import type { Tx } from "@tollgate/kit";
import { CANONICAL, type ChainPoint, GENESIS, hex, linkHash } from "./chain.js";

/** Entries that one transaction seals at most. */
const BATCH = 2_000;

interface Waiting {
  entryId: string;
  organisationId: string;
  canonical: string;
}

/**
 * Gives the entries that wait their places in the chains of their organisations, in the order in which they came. All in
 * one transaction: a process that dies leaves nothing half done, and of several that try one does it.
 * @returns whether there may be more to do right now.
 */
export const sealTrail = async (tx: Tx): Promise<boolean> => {
  const [{ mine } = { mine: false }] = await tx.sql<{ mine: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtext('tollgate audit sealer')) as mine`;
  if (!mine) return false;
  const waiting = await tx.sql<Waiting[]>`
    select e.id as "entryId", e.organisation_id as "organisationId", ${tx.sql.unsafe(CANONICAL)} as canonical
      from (select entry_id, arrival from audit_unsealed order by arrival limit ${BATCH}) u
      join audit_entry e on e.id = u.entry_id order by u.arrival`;
  if (waiting.length === 0) return false;
  const heads = await headsOf(tx, [...new Set(waiting.map(({ organisationId }) => organisationId))]);
  const links = waiting.map(({ entryId, organisationId, canonical }) => {
    const last = heads.get(organisationId) ?? { position: 0n, hash: GENESIS };
    const point = { position: last.position + 1n, hash: linkHash(last.hash, canonical) };
    heads.set(organisationId, point);
    return { entryId, organisationId, ...point };
  });
  const entryIds = links.map(({ entryId }) => entryId);
  await tx.sql`
    insert into audit_link (organisation_id, position, entry_id, hash)
    select o, p, e, decode(h, 'hex') from unnest(${links.map((link) => link.organisationId)}::uuid[],
      ${links.map((link) => link.position.toString())}::bigint[], ${entryIds}::uuid[],
      ${links.map((link) => hex(link.hash))}::text[]) as link (o, p, e, h)`;
  await tx.sql`delete from audit_unsealed where entry_id = any(${entryIds}::uuid[])`;
  return waiting.length === BATCH;
};

/** Where the chains of some organisations end; those without any are left out. */
const headsOf = async (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, ChainPoint>> => {
  const rows = await tx.sql<(ChainPoint & { organisationId: string })[]>`
    select o.id as "organisationId", l.position, l.hash from unnest(${[...organisationIds]}::uuid[]) as o (id)
      cross join lateral (select position, hash from audit_link where organisation_id = o.id
        order by position desc limit 1) l`;
  return new Map(rows.map(({ organisationId, ...point }) => [organisationId, point]));
};

/** Hashes of entries by id, as hexadecimal text; those that wait for their place are left out. */
export const hashesOf = async (tx: Tx, entryIds: readonly string[]): Promise<Map<string, string>> => {
  const rows = await tx.sql<{ id: string; hash: string }[]>`
    select entry_id as id, encode(hash, 'hex') as hash from audit_link where entry_id = any(${[...entryIds]}::uuid[])`;
  return new Map(rows.map(({ id, hash }) => [id, hash]));
};
