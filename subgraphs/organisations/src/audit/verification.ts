import {
  audit,
  type Caller,
  callerWith,
  type Database,
  organisationInScope,
  RateLimitedFault,
  systemCaller,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { auditVerification } from "../tables.js";
import type { AnchorFile } from "./anchor-file.js";
import type { ChainSignatures } from "./signatures.js";
import { raise } from "./suspicions.js";
import { type Verification, verifyTrail } from "./verifying.js";

/** An organisation's chain is verified this often at most: it may be long. */
const PAUSE_SECONDS = 10;

/** What proves chains. */
export interface TrailProofs {
  signatures: ChainSignatures;
  /** Anchors outside of the database; null where no place for them is configured. */
  file: AnchorFile | null;
}

export interface CheckedTrail extends Verification {
  checkedAt: Date;
}

/**
 * Verifies an organisation's chain for somebody who asked; what it found is in the trail, and a broken chain is raised.
 * @throws NotFoundFault outside the caller's estate; RateLimitedFault when it was verified just now.
 */
export const verifyNow = async (
  database: Database,
  caller: Caller,
  organisationId: string,
  proofs: TrailProofs,
  clock: () => Date,
): Promise<CheckedTrail> => {
  await database.write(caller, (tx) => claim(tx, organisationId, clock()));
  // What a long trail takes may be longer than somebody waits: what it finds is kept all the same.
  const patient = callerWith(caller, { deadline: null });
  const witness = (await proofs.file?.newest(organisationId)) ?? null;
  const { signatures } = proofs;
  const verification = await verifyTrail(database, patient, organisationId, { signatures, witness });
  const checked = { ...verification, checkedAt: clock() };
  await database.write(patient, async (tx) => {
    await keep(tx, organisationId, checked);
    await audit(tx, "organisations", {
      action: "audit:verify",
      resource: "auditTrail",
      resourceId: organisationId,
      organisationId,
      after: verification,
    });
  });
  if (!checked.intact) await database.system("audit verification", (tx) => alarm(tx, organisationId, checked));
  return checked;
};

/** One at a time and not too often, over all processes. */
const claim = async (tx: Tx, organisationId: string, at: Date): Promise<void> => {
  await organisationInScope(tx, organisationId);
  const [claimed] = await tx.sql`
    insert into audit_verification as v (organisation_id, started_at) values (${organisationId}, ${at.toISOString()})
    on conflict (organisation_id) do update set started_at = excluded.started_at
      where v.started_at <= excluded.started_at - ${PAUSE_SECONDS} * interval '1 second' returning 1`;
  if (!claimed) throw new RateLimitedFault(PAUSE_SECONDS, "This trail was verified just now.");
};

const keep = async (tx: Tx, organisationId: string, checked: CheckedTrail): Promise<void> => {
  const values = {
    checkedAt: checked.checkedAt,
    intact: checked.intact,
    entriesChecked: BigInt(checked.entriesChecked),
    firstBrokenEntryId: checked.firstBrokenEntryId,
    missingTail: BigInt(checked.missingTail),
  };
  await tx.db
    .insert(auditVerification)
    .values({ organisationId, startedAt: checked.checkedAt, ...values })
    .onConflictDoUpdate({ target: auditVerification.organisationId, set: values });
};

const alarm = (tx: Tx, organisationId: string, { missingTail, checkedAt }: CheckedTrail): Promise<boolean> =>
  raise(tx, {
    organisationId,
    pattern: "trailBroken",
    subject: { kind: "TRAIL", id: organisationId },
    count: Math.max(1, missingTail),
    at: checkedAt,
  });

/**
 * Verifies the chains of all organisations, one after the other.
 * @returns those that are broken.
 */
export const verifyAll = async (database: Database, proofs: TrailProofs, clock: () => Date): Promise<string[]> => {
  const all = await database.system(
    "audit verification",
    (tx) => tx.sql<{ id: string }[]>`select organisation_id as id from tenancy order by path`,
  );
  const witnesses = await proofs.file?.newestOfAll();
  const { signatures } = proofs;
  const broken: string[] = [];
  for (const { id } of all) {
    const witness = witnesses?.get(id) ?? null;
    const verification = await verifyTrail(database, systemCaller("audit verification"), id, { signatures, witness });
    const checked = { ...verification, checkedAt: clock() };
    await database.system("audit verification", async (tx) => {
      await keep(tx, id, checked);
      if (!checked.intact) await alarm(tx, id, checked);
    });
    if (!checked.intact) broken.push(id);
  }
  return broken;
};

/** What the last verification found; null where there was none. @throws NotFoundFault outside the caller's estate. */
export const lastVerification = async (tx: Tx, organisationId: string): Promise<CheckedTrail | null> => {
  await organisationInScope(tx, organisationId);
  const [row] = await tx.db
    .select()
    .from(auditVerification)
    .where(eq(auditVerification.organisationId, organisationId));
  if (!row || row.checkedAt === null || row.intact === null) return null;
  return {
    intact: row.intact,
    checkedAt: row.checkedAt,
    entriesChecked: Number(row.entriesChecked ?? 0n),
    firstBrokenEntryId: row.firstBrokenEntryId,
    missingTail: Number(row.missingTail ?? 0n),
  };
};
