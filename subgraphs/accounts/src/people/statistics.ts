import type { Tx } from "@tollgate/kit";

/** People of a branch, counted. */
export interface PeopleCounts {
  total: number;
  active: number;
  unverified: number;
  deactivated: number;
  erased: number;
  /** Of those who are active. */
  withSecondFactor: number;
  signedInLastWeek: number;
  signedInLastMonth: number;
  neverSignedIn: number;
  lastSignedInAt: Date | null;
}

const DAY = 86_400_000;

type Row = Omit<PeopleCounts, "lastSignedInAt"> & { lastSignedInAt: string | null };

/** Counts the people of an organisation and of all below it, in one statement. */
export const peopleCounts = async (tx: Tx, organisationId: string, now: Date): Promise<PeopleCounts> => {
  const ago = (days: number) => new Date(now.getTime() - days * DAY).toISOString();
  const [row] = await tx.sql<Row[]>`
    select count(*)::int as total,
           count(*) filter (where status = 'ACTIVE')::int as active,
           count(*) filter (where status = 'UNVERIFIED')::int as unverified,
           count(*) filter (where status = 'DEACTIVATED')::int as deactivated,
           count(*) filter (where status = 'ERASED')::int as erased,
           count(*) filter (where status = 'ACTIVE' and mfa_enabled)::int as "withSecondFactor",
           count(*) filter (where status = 'ACTIVE' and last_signed_in_at > ${ago(7)})::int as "signedInLastWeek",
           count(*) filter (where status = 'ACTIVE' and last_signed_in_at > ${ago(30)})::int as "signedInLastMonth",
           count(*) filter (where status = 'ACTIVE' and last_signed_in_at is null)::int as "neverSignedIn",
           max(last_signed_in_at) as "lastSignedInAt"
      from "user" where organisation_id in (
        select b.organisation_id from tenancy a join tenancy b
            on b.path >= a.path collate "C" and b.path < (a.path || '~') collate "C"
         where a.organisation_id = ${organisationId})`;
  if (!row) throw new Error("a count gave no row");
  return { ...row, lastSignedInAt: row.lastSignedInAt === null ? null : new Date(row.lastSignedInAt) };
};
