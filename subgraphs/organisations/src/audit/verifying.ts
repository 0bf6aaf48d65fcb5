import { type Caller, type Database, organisationInScope, requireId, type Tx } from "@tollgate/kit";
import { newestAnchor } from "./anchoring.js";
import { CANONICAL, ChainCheck, type ChainPoint, GENESIS, type StoredLink } from "./chain.js";
import type { ChainSignatures } from "./signatures.js";

/** Links read at once; memory is bounded by it, however long the chain. */
const PIECE = 2_000;

export interface Verification {
  intact: boolean;
  entriesChecked: number;
  firstBrokenEntryId: string | null;
  missingTail: number;
}

interface LinkRow {
  position: bigint;
  entryId: string;
  hash: Uint8Array;
  canonical: string | null;
  anchorHash: Uint8Array | null;
  anchorSignature: Uint8Array | null;
}

export interface Proofs {
  signatures: ChainSignatures;
  /** The newest anchor outside of the database; null where there is none. */
  witness: ChainPoint | null;
}

/**
 * Walks the chain of one organisation as it is at this moment, with its anchors.
 * @throws NotFoundFault outside the caller's estate.
 */
export const verifyTrail = async (
  database: Database,
  caller: Caller,
  organisationId: string,
  { signatures, witness }: Proofs,
): Promise<Verification> =>
  database.read(caller, async (tx) => {
    await organisationInScope(tx, organisationId);
    await openLinks(tx, organisationId);
    const pieces = piecesOf(tx);
    const first = (await pieces.next()).value ?? [];
    const start = await startOf(tx, organisationId, first[0]?.position ?? 1n, signatures);
    const check = new ChainCheck(start, witness);
    const anchored = await newestAnchor(tx, organisationId);
    const holds = (rows: readonly LinkRow[]) =>
      rows.every((row) => check.take(linkOf(row, organisationId, signatures)));
    let goesOn = holds(first);
    while (goesOn) {
      const piece = await pieces.next();
      if (piece.done) break;
      goesOn = holds(piece.value);
    }
    const firstBrokenEntryId = check.firstBroken ?? (await unlinkedEntry(tx, organisationId));
    const missingTail = check.missingTail(anchored);
    const intact = firstBrokenEntryId === null && missingTail === 0;
    return { intact, entriesChecked: check.entriesChecked, firstBrokenEntryId, missingTail };
  });

/**
 * A cursor sees the chain as it was when it was opened, whatever is sealed or archived meanwhile. The statement that opens
 * one takes no parameters, so that the id is written into it, after a look at its form.
 */
const openLinks = async (tx: Tx, organisationId: string): Promise<void> => {
  const id = requireId("organisation", organisationId);
  await tx.sql.unsafe(`declare links no scroll cursor for
    select l.position, l.entry_id as "entryId", l.hash, case when e.id is null then null else ${CANONICAL} end as canonical,
           a.hash as "anchorHash", a.signature as "anchorSignature"
      from audit_link l left join audit_entry e on e.id = l.entry_id
      left join audit_anchor a on a.organisation_id = l.organisation_id and a.position = l.position
     where l.organisation_id = '${id}' order by l.position`);
};

async function* piecesOf(tx: Tx): AsyncGenerator<LinkRow[], undefined> {
  for (;;) {
    const rows = await tx.sql.unsafe<LinkRow[]>(`fetch ${PIECE} from links`);
    if (rows.length === 0) return undefined;
    yield rows;
  }
}

const linkOf = (row: LinkRow, organisationId: string, signatures: ChainSignatures): StoredLink => ({
  position: row.position,
  entryId: row.entryId,
  hash: row.hash,
  canonical: row.canonical,
  anchor: row.anchorHash && {
    hash: row.anchorHash,
    isGenuine: signatures.isGenuine(
      "ANCHOR",
      organisationId,
      { position: row.position, hash: row.anchorHash },
      row.anchorSignature ?? new Uint8Array(),
    ),
  },
});

/** What the first link that is kept must follow from. One that no checkpoint of ours names follows from nothing. */
export const startOf = async (
  tx: Tx,
  organisationId: string,
  first: bigint,
  signatures: ChainSignatures,
): Promise<ChainPoint> => {
  const nothing = { position: 0n, hash: GENESIS };
  if (first === 1n) return nothing;
  const [row] = await tx.sql<(ChainPoint & { signature: Uint8Array })[]>`
    select position, hash, signature from audit_checkpoint
     where organisation_id = ${organisationId} and position = ${(first - 1n).toString()}`;
  return row && signatures.isGenuine("CHECKPOINT", organisationId, row, row.signature) ? row : nothing;
};

/** An entry that neither has a place in the chain nor waits for one: it did not come by the way that all go. */
const unlinkedEntry = async (tx: Tx, organisationId: string): Promise<string | null> => {
  const [row] = await tx.sql<{ id: string }[]>`
    select e.id from audit_entry e where e.organisation_id = ${organisationId}
      and not exists (select 1 from audit_link l where l.entry_id = e.id)
      and not exists (select 1 from audit_unsealed u where u.entry_id = e.id) limit 1`;
  return row?.id ?? null;
};
