import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Database, readSettingOfEach, type Tx } from "@tollgate/kit";
import { CANONICAL, ChainCheck, type ChainPoint, hex } from "./chain.js";
import type { ChainSignatures } from "./signatures.js";
import { startOf } from "./verifying.js";

/** Entries that are archived and removed at once. */
const BATCH = 5_000;
const DAY = 86_400_000;

export interface Archive {
  signatures: ChainSignatures;
  /** Where archives are written; null: what is too old is only removed. */
  directory: string | null;
}

interface OldLink extends ChainPoint {
  canonical: string | null;
}

/**
 * Archives and removes the beginning of each chain that is older than its organisation's setting says. The archive is
 * on the disk before anything goes; a checkpoint keeps the hash that the rest follows from. Where it dies, the next run
 * goes on.
 * @returns how many entries went.
 */
export const retireOld = async (database: Database, archive: Archive, at: Date): Promise<number> => {
  let removed = 0;
  for (const { organisationId, before } of await retirements(database, at)) {
    for (let count = BATCH; count === BATCH; removed += count) {
      count = await retireBatch(database, archive, organisationId, before, at);
    }
  }
  return removed;
};

/** Which organisations have something old, and what counts as that. */
const retirements = (database: Database, at: Date): Promise<{ organisationId: string; before: Date }[]> =>
  database.system("audit retention", async (tx) => {
    const rows = await tx.sql<{ id: string }[]>`select organisation_id as id from tenancy`;
    const days = await readSettingOfEach(
      tx,
      "audit.retentionDays",
      rows.map(({ id }) => id),
    );
    return rows.flatMap(({ id }) => {
      const kept = days.get(id);
      return kept === undefined ? [] : [{ organisationId: id, before: new Date(at.getTime() - kept * DAY) }];
    });
  });

const retireBatch = async (
  database: Database,
  { signatures, directory }: Archive,
  organisationId: string,
  before: Date,
  at: Date,
): Promise<number> => {
  const old = await database.system("audit retention", (tx) => oldLinks(tx, organisationId, before, signatures));
  const last = old.at(-1);
  if (!last) return 0;
  if (directory !== null) await write(directory, organisationId, old);
  await database.system("audit retention", async (tx) => {
    await tx.sql`
      insert into audit_checkpoint (organisation_id, position, hash, at, signature)
      values (${organisationId}, ${last.position.toString()}, decode(${hex(last.hash)}, 'hex'), ${at.toISOString()},
        decode(${hex(signatures.sign("CHECKPOINT", organisationId, last))}, 'hex')) on conflict do nothing`;
    await tx.sql`select forget_audit(${organisationId}, ${last.position.toString()})`;
  });
  return old.length;
};

/**
 * The chain's oldest links, up to the first that is young enough; its end always stays. What does not hold stays as well,
 * with all behind it: nobody gets rid of what was tampered with by letting it grow old.
 */
const oldLinks = async (
  tx: Tx,
  organisationId: string,
  before: Date,
  signatures: ChainSignatures,
): Promise<OldLink[]> => {
  const rows = await tx.sql<(OldLink & { isOld: boolean })[]>`
    select l.position, l.hash, case when e.id is null then null else ${tx.sql.unsafe(CANONICAL)} end as canonical,
           coalesce(e.at < ${before.toISOString()}, true) as "isOld"
      from audit_link l left join audit_entry e on e.id = l.entry_id
     where l.organisation_id = ${organisationId} order by l.position limit ${BATCH + 1}`;
  const start = await startOf(tx, organisationId, rows[0]?.position ?? 1n, signatures);
  const check = new ChainCheck(start);
  const staying = rows.findIndex(
    ({ isOld, ...link }) => !isOld || !check.take({ ...link, entryId: link.position.toString(), anchor: null }),
  );
  return rows.slice(0, Math.min(staying === -1 ? BATCH : staying, rows.length - 1));
};

/** One entry a line, with its place and hash, so that an archive can be verified by itself. Written whole or not at all. */
const write = async (directory: string, organisationId: string, links: readonly OldLink[]): Promise<void> => {
  const [first] = links;
  const last = links.at(-1);
  if (!first || !last) return;
  const folder = join(directory, organisationId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${first.position}-${last.position}.jsonl`);
  const file = await open(`${path}.part`, "w", 0o600);
  try {
    for (const { position, hash, canonical } of links) {
      const line = { position: position.toString(), hash: hex(hash), entry: canonical };
      await file.appendFile(`${JSON.stringify(line)}\n`);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
};
