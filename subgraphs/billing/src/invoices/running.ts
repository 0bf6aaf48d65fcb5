import type { Database, Tx } from "@tollgate/kit";
import { Fault } from "@tollgate/kit";
import { invoiceMonth, type Month } from "./monthly.js";

/** Organisations asked for at once: memory is bounded by it, however many there are. */
const BATCH = 200;
/** Failures that are told one by one. */
const MOST_FAILURES = 100;
/** Months that the job takes up after downtime. */
const MONTHS_BACK = 3;

export interface RunFailure {
  organisationId: string;
  problem: string;
}

/** What a run did. */
export interface Run {
  month: Month;
  invoiced: number;
  /** Organisations that had nothing to be billed, or were done before. */
  skipped: number;
  failures: RunFailure[];
  /** Also those that are not told one by one. */
  failed: number;
}

/** Which part of the tree is billed: all below an organisation; with `only`, that branch of it. */
export interface Branch {
  below: string;
  only: string | null;
}

/** The month before the one in which a moment lies; calendars of organisations decide whether it is over there. */
export const monthBefore = (at: Date, months = 1): Month =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, 1)).toISOString().slice(0, 7);

const inBranchOf = (tx: Tx, branch: Branch | null) =>
  branch === null
    ? tx.sql``
    : tx.sql`
      and t.organisation_id in (select b.organisation_id from tenancy a join tenancy b
        on b.path >= a.path collate "C" and b.path < (a.path || '~') collate "C"
        where a.organisation_id = ${branch.only ?? branch.below} and b.organisation_id <> ${branch.below})`;

/** The next organisations with a wallet that moved and whose month is not done. */
const next = async (tx: Tx, month: Month, branch: Branch | null, after: string): Promise<string[]> => {
  const rows = await tx.sql<{ organisation_id: string }[]>`
    select t.organisation_id from tenancy t
     where t.parent_id is not null and t.organisation_id > ${after} ${inBranchOf(tx, branch)}
       and exists (select 1 from wallet w where w.organisation_id = t.organisation_id and w.postings > 0
         and not exists (select 1 from invoiced_month m where m.wallet_id = w.id and m.month = ${month}))
     order by t.organisation_id limit ${BATCH}`;
  return rows.map((row) => row.organisation_id);
};

const countOf = async (tx: Tx, branch: Branch | null): Promise<number> => {
  const [row] = await tx.sql<{ count: bigint }[]>`
    select count(*) as count from tenancy t where t.parent_id is not null ${inBranchOf(tx, branch)}`;
  return Number(row?.count ?? 0n);
};

/** What went wrong, in words that are fit to be shown. */
const problemOf = (error: unknown): string =>
  error instanceof Fault && error.code !== "INTERNAL" ? error.message : "This could not be done; it is tried again.";

const FIRST = "00000000-0000-0000-0000-000000000000";

/**
 * Bills one month for many organisations, each in a transaction of its own: a failure stops none of the others, and
 * whatever ends in the middle is taken up by the next run. Repeating it changes nothing.
 * @param branch null: everybody.
 */
export const runMonth = async (
  database: Database,
  month: Month,
  branch: Branch | null,
  at: Date,
  onError: (organisationId: string, error: unknown) => void = () => undefined,
): Promise<Run> => {
  const system = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.system("run-invoicing", work);
  const run: Run = { month, invoiced: 0, skipped: await system((tx) => countOf(tx, branch)), failures: [], failed: 0 };
  for (let after = FIRST; ; ) {
    const ids = await system((tx) => next(tx, month, branch, after));
    for (const organisationId of ids) {
      try {
        const made = await system((tx) => invoiceMonth(tx, organisationId, month, at));
        if (made.length > 0) {
          run.invoiced += 1;
          run.skipped -= 1;
        }
      } catch (error) {
        onError(organisationId, error);
        run.failed += 1;
        run.skipped -= 1;
        if (run.failures.length < MOST_FAILURES) run.failures.push({ organisationId, problem: problemOf(error) });
      }
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < BATCH) return run;
    after = last;
  }
};

/** The job: months that are over, the oldest first, so that what was missed in a downtime is billed by its month. */
export const runDueMonths = async (
  database: Database,
  at: Date,
  onError: (organisationId: string, error: unknown) => void,
): Promise<number> => {
  let invoiced = 0;
  for (let months = MONTHS_BACK; months > 0; months -= 1) {
    invoiced += (await runMonth(database, monthBefore(at, months), null, at, onError)).invoiced;
  }
  return invoiced;
};
