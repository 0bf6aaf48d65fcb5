import type { Database, Tx } from "@tollgate/kit";
import { Fault } from "@tollgate/kit";
import { invoiceMonthOf, type Month, notChargedYet } from "./monthly.js";

/** Organisations asked for at once: memory is bounded by it, however many there are. */
const BATCH = 400;
/** Organisations of one transaction, whose wallets are locked together. */
const TOGETHER = 50;
/** Issuers whose customers are billed at the same time: each numbers by itself. */
const LANES = 3;
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

interface Candidate {
  id: string;
  issuer_id: string;
}

/** The next organisations with a wallet that moved and whose month is not done, in the order of their ids. */
const next = (tx: Tx, month: Month, branch: Branch | null, after: string): Promise<Candidate[]> => tx.sql<Candidate[]>`
    select t.organisation_id as id, t.parent_id as issuer_id from tenancy t
     where t.parent_id is not null and t.organisation_id > ${after} ${inBranchOf(tx, branch)}
       and exists (select 1 from wallet w where w.organisation_id = t.organisation_id and w.postings > 0
         and not exists (select 1 from invoiced_month m where m.wallet_id = w.id and m.month = ${month}))
     order by t.organisation_id limit ${BATCH}`;

const countOf = async (tx: Tx, branch: Branch | null): Promise<number> => {
  const [row] = await tx.sql<{ count: bigint }[]>`
    select count(*) as count from tenancy t where t.parent_id is not null ${inBranchOf(tx, branch)}`;
  return Number(row?.count ?? 0n);
};

/** What went wrong, in words that are fit to be shown. */
const problemOf = (error: unknown): string =>
  error instanceof Fault && error.code !== "INTERNAL" ? error.message : "This could not be done; it is tried again.";

const FIRST = "00000000-0000-0000-0000-000000000000";

/** Numbers of one issuer follow the order of its organisations, so a lane goes through them one after the other. */
class Lane {
  constructor(
    private readonly database: Database,
    private readonly month: Month,
    private readonly at: Date,
    private readonly tell: (organisationId: string, made: number | Error) => void,
  ) {}

  async bill(issuerId: string, organisationIds: readonly string[]): Promise<void> {
    for (let from = 0; from < organisationIds.length; from += TOGETHER) {
      await this.billTogether(issuerId, organisationIds.slice(from, from + TOGETHER));
    }
  }

  /** In one transaction; where that fails in halves of it, so that one that cannot be billed stops no other. */
  private async billTogether(issuerId: string, ids: readonly string[]): Promise<void> {
    try {
      await this.billAll(issuerId, ids);
    } catch (error) {
      const [only, ...others] = ids;
      if (only !== undefined && others.length === 0) return this.tell(only, asError(error));
      const middle = Math.ceil(ids.length / 2);
      await this.billTogether(issuerId, ids.slice(0, middle));
      await this.billTogether(issuerId, ids.slice(middle));
    }
  }

  private async billAll(issuerId: string, organisationIds: readonly string[]): Promise<void> {
    const { made, behind } = await this.database.system("run-invoicing", (tx) =>
      invoiceMonthOf(tx, { issuerId, organisationIds }, this.month, this.at),
    );
    for (const [id, { length }] of Map.groupBy(made, (row) => row.organisationId)) this.tell(id, length);
    for (const id of behind) this.tell(id, notChargedYet(id));
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Works through all of these, so many at a time. */
const inLanes = async <T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> => {
  const left = all.values();
  const lane = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
};

/**
 * Bills one month for many organisations, some of them together: a failure stops none of the others, and whatever ends
 * in the middle is taken up by the next run. Repeating it changes nothing.
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
  const lane = new Lane(database, month, at, (organisationId, made) => {
    run.skipped -= 1;
    if (typeof made === "number") run.invoiced += 1;
    else {
      onError(organisationId, made);
      run.failed += 1;
      if (run.failures.length < MOST_FAILURES) run.failures.push({ organisationId, problem: problemOf(made) });
    }
  });
  for (let after = FIRST; ; ) {
    const found = await system((tx) => next(tx, month, branch, after));
    const byIssuer = Map.groupBy(found, (row) => row.issuer_id);
    await inLanes([...byIssuer], ([issuerId, rows]) =>
      lane.bill(
        issuerId,
        rows.map(({ id }) => id),
      ),
    );
    const last = found.at(-1);
    if (last === undefined || found.length < BATCH) return run;
    after = last.id;
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
