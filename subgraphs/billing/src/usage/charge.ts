import type { Database, Tx } from "@tollgate/kit";
import { and, asc, eq, gt, inArray, isNull, lt, notExists, or, sql } from "drizzle-orm";
import { machine } from "../machines/machine.schema.js";
import { Adjusting } from "../prices/adjustments.js";
import type { Prices } from "../prices/rates.js";
import { Account, type Books } from "./account.js";
import { Hours } from "./hours.js";
import { Meters } from "./meters.js";
import { type PricesAt, pricesOfEachThrough } from "./price-turns.js";
import { openPurses } from "./purse.js";
import { HOUR, hourOf } from "./runs.js";
import { metering, type RunRow, run } from "./usage.schema.js";
import { writeCharges } from "./writing.js";

/** Hours of one organisation that are charged in one transaction at most. */
const HOURS_AT_ONCE = 168;
/** Hours of machines that are charged in one transaction: wallets are locked meanwhile, and memory is bounded. */
const MACHINE_HOURS_AT_ONCE = 8_000;
/** Transactions that charge beside one another: while one waits for the database, another is prepared. */
const LANES = 2;
/** Organisations asked for at once. */
const ORGANISATIONS_AT_ONCE = 1_000;

/** An organisation with hours to charge, and how far one transaction goes. */
interface Due {
  organisationId: string;
  until: Date;
}

type MeteringRow = typeof metering.$inferSelect;

const runsOf = async (tx: Tx, organisationIds: readonly string[], from: Date, until: Date): Promise<RunRow[]> =>
  await tx.db
    .select()
    .from(run)
    .where(
      and(
        inArray(run.organisationId, [...organisationIds]),
        lt(run.fromAt, until),
        or(isNull(run.toAt), gt(run.toAt, from)),
      ),
    )
    .orderBy(asc(run.fromAt), asc(run.id));

/**
 * The first prices of each organisation within its hours: they say which wallet pays. Where another currency counts later,
 * the hours end there, and the rest is for another time, and another wallet.
 */
const firstPrices = (rows: readonly MeteringRow[], ends: Map<string, Date>, pricesAt: PricesAt) => {
  const found = new Map<string, Prices>();
  for (const { organisationId, until: from } of rows) {
    const end = ends.get(organisationId) ?? from;
    for (let hour = from; hour < end; hour = new Date(hour.getTime() + HOUR)) {
      const prices = pricesAt(organisationId, hour);
      const first = found.get(organisationId);
      if (prices && !first) found.set(organisationId, prices);
      if (prices && first && prices.list.currency !== first.list.currency) {
        ends.set(organisationId, hour);
        break;
      }
    }
  }
  return found;
};

/** @param ends until when each is charged, which may turn out to be earlier. */
const chargeRows = async (tx: Tx, rows: readonly MeteringRow[], ends: Map<string, Date>): Promise<void> => {
  const ids = rows.map(({ organisationId }) => organisationId);
  const from = new Date(Math.min(...rows.map(({ until }) => until.getTime())));
  const until = new Date(Math.max(...ids.map((id) => ends.get(id)?.getTime() ?? 0)));
  const runs = await runsOf(tx, ids, from, until);
  const vmIds = [...new Set(runs.map(({ vmId }) => vmId))];
  const machines = await tx.db.select().from(machine).where(inArray(machine.vmId, vmIds));
  const byId = new Map(machines.map((row) => [row.vmId, row]));
  const byOwner = Map.groupBy(runs, (row) => row.organisationId);
  const meters = await Meters.read(tx, machines);
  const pricesAt = await pricesOfEachThrough(tx, ids, from, until);
  const adjusting = await Adjusting.read(tx, ids, from, until);
  const purses = await openPurses(tx, firstPrices(rows, ends, pricesAt));
  const books: Books = { pricesAt, adjusting, meters, purses, charged: [] };
  const accounts = rows.map(({ organisationId, until: begin, taxUsed, taxCharged }) => ({
    begin,
    end: ends.get(organisationId) ?? begin,
    account: new Account(new Hours(byOwner.get(organisationId) ?? [], byId), { organisationId, taxUsed, taxCharged }),
  }));
  for (const { account, begin, end } of accounts) await account.charge(tx, books, begin, end);
  await writeCharges(tx, { hours: books.charged, meters, taxes: accounts.map(({ account }) => account.tax) });
};

/**
 * Charges the use of some organisations, each up to its own full hour. Whatever was charged already is left alone. Their
 * meterings are locked in one order, before anything else: nobody else charges them, and no machine changes meanwhile.
 */
const chargeSome = async (tx: Tx, some: readonly Due[]): Promise<void> => {
  const ends = new Map(some.map(({ organisationId, until }) => [organisationId, until]));
  const locked = await tx.db
    .select()
    .from(metering)
    .where(inArray(metering.organisationId, [...ends.keys()]))
    .orderBy(asc(metering.organisationId))
    .for("update");
  const rows = locked.filter(({ organisationId, until }) => until < (ends.get(organisationId) ?? until));
  if (rows.length === 0) return;
  await chargeRows(tx, rows, ends);
  await tx.sql`
    update metering m set until_at = u.until_at
      from unnest(${rows.map(({ organisationId }) => organisationId)}::uuid[],
        ${rows.map(({ organisationId }) => ends.get(organisationId)?.toISOString() ?? null)}::text[]::timestamptz[])
          u(organisation_id, until_at)
     where m.organisation_id = u.organisation_id`;
};

/** Charges some organisations up to a full hour, week by week, all in the caller's transaction. */
export const chargeWithin = async (tx: Tx, organisationIds: readonly string[], until: Date): Promise<void> => {
  for (;;) {
    const behind = and(inArray(metering.organisationId, [...organisationIds]), lt(metering.until, until));
    const rows = await tx.db.select().from(metering).where(behind);
    if (rows.length === 0) return;
    await chargeSome(
      tx,
      rows.map(({ organisationId, until: begin }) => ({
        organisationId,
        until: new Date(Math.min(until.getTime(), begin.getTime() + HOURS_AT_ONCE * HOUR)),
      })),
    );
  }
};

/** Organisations of which nothing stood in the meantime need no more than a new date. */
const skipIdle = (tx: Tx, until: Date) =>
  tx.db
    .update(metering)
    .set({ until })
    .where(
      and(
        lt(metering.until, until),
        notExists(
          tx.db
            .select({ one: sql`1` })
            .from(run)
            .where(
              and(
                eq(run.organisationId, metering.organisationId),
                lt(run.fromAt, until),
                or(isNull(run.toAt), gt(run.toAt, metering.until)),
              ),
            ),
        ),
      ),
    );

/** Those longest behind first, in groups of which each is charged in one transaction. */
const dueGroups = async (tx: Tx, until: Date, besides: ReadonlyMap<string, unknown>): Promise<Due[][]> => {
  const rows = await tx.sql<{ id: string; until_at: string; runs: bigint }[]>`
    select m.organisation_id as id, m.until_at, (select count(*) from run r where r.organisation_id = m.organisation_id
        and r.from_at < ${until.toISOString()} and (r.to_at is null or r.to_at > m.until_at)) as runs
      from metering m
     where m.until_at < ${until.toISOString()} and m.organisation_id <> all(${[...besides.keys()]}::uuid[])
     order by m.until_at, m.organisation_id limit ${ORGANISATIONS_AT_ONCE}`;
  const groups: Due[][] = [];
  let room = 0;
  for (const { id: organisationId, until_at: from, runs } of rows) {
    const weight = Number(runs) + 1;
    const begin = new Date(from).getTime();
    const most = Math.min(HOURS_AT_ONCE, Math.max(1, Math.floor(MACHINE_HOURS_AT_ONCE / weight)));
    const hours = Math.min(most, Math.ceil((until.getTime() - begin) / HOUR));
    if (groups.length === 0 || room < weight * hours) {
      groups.push([]);
      room = MACHINE_HOURS_AT_ONCE;
    }
    room -= weight * hours;
    groups.at(-1)?.push({ organisationId, until: new Date(begin + hours * HOUR) });
  }
  return groups;
};

/**
 * Charges all use up to the last full hour before `at`, whatever was missed; doing it again changes nothing. One
 * organisation's failure stops no other: where several could not be charged together, each is by itself.
 * @returns the failures, by organisation.
 */
export const chargeUntil = async (database: Database, at: Date): Promise<Map<string, unknown>> => {
  const until = hourOf(at);
  const failures = new Map<string, unknown>();
  const system = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.system("charge-usage", work);
  const alone = async (due: Due): Promise<void> => {
    await system((tx) => chargeSome(tx, [due])).catch((error: unknown) => failures.set(due.organisationId, error));
  };
  const together = async (group: readonly Due[]): Promise<void> => {
    const isDone = await system((tx) => chargeSome(tx, group)).then(
      () => true,
      () => false,
    );
    if (!isDone) for (const due of group) await alone(due);
  };
  await system((tx) => skipIdle(tx, until));
  for (;;) {
    const groups = await system((tx) => dueGroups(tx, until, failures));
    if (groups.length === 0) return failures;
    for (let next = 0; next < groups.length; next += LANES) {
      await Promise.all(groups.slice(next, next + LANES).map(together));
    }
  }
};
