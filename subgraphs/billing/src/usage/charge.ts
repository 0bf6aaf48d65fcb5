import { type Database, newEventId, type Tx } from "@tollgate/kit";
import { and, asc, eq, gt, inArray, isNull, lt, notExists, or, sql } from "drizzle-orm";
import { walletFor } from "../ledger/ledger.js";
import type { WalletRow } from "../ledger/ledger.schema.js";
import { wallet } from "../ledger/ledger.schema.js";
import { machine } from "../machines/machine.schema.js";
import { type Fraction, lesser } from "../prices/fraction.js";
import { pricesThrough } from "../prices/prices.js";
import type { Prices } from "../prices/rates.js";
import { rateAfter, usesOf } from "./hour.js";
import { Meters } from "./meters.js";
import { HOUR, hourOf } from "./runs.js";
import { beginGrace, endGrace, reviewRunway, type Standing } from "./standing.js";
import { metering, type RunRow, run } from "./usage.schema.js";

/** Hours of one organisation that are charged in one transaction. */
const HOURS_AT_ONCE = 168;
/** Organisations asked for at once. */
const BATCH = 200;

interface Reserve {
  id: string;
  left: bigint;
}

/** What pays the organisation's use: its wallet, then its machines' reserves. Locked until the transaction ends. */
interface Purse {
  standing: Standing;
  reserves: Reserve[];
}

const openPurse = async (tx: Tx, organisationId: string, { list }: Prices): Promise<Purse> => {
  const walletId = await walletFor(tx, organisationId, list.currency);
  const reserves = await tx.sql<
    Reserve[]
  >`select id, (amount - captured)::bigint as left from lock_reserves(${walletId})`;
  await tx.sql`select id from lock_wallet(${walletId})`;
  const [row] = await tx.db.select().from(wallet).where(eq(wallet.id, walletId));
  if (!row) throw new Error("a wallet that was opened is gone");
  return { standing: standingOf(row), reserves: [...reserves] };
};

export const standingOf = ({ id: walletId, ...row }: WalletRow): Standing => {
  const { organisationId, currency, state, available, warnedHours, graceEndsAt } = row;
  return { walletId, organisationId, currency, state, available, warnedHours, graceEndsAt };
};

/** Takes from reserves, one after the other, up to `amount`. */
const takeReserves = (reserves: Reserve[], amount: bigint): { id: string; amount: bigint }[] => {
  let missing = amount;
  return reserves.flatMap((reserve) => {
    const taken = lesser(reserve.left, missing);
    reserve.left -= taken;
    missing -= taken;
    return taken > 0n ? [{ id: reserve.id, amount: taken }] : [];
  });
};

/**
 * Pays for one hour, all of it or nothing from what is available: where that is too little it is not eaten, the reserves
 * pay, and only what they lack is taken from it, and then owed.
 * @returns the entry's id, and whether the reserves were too little.
 */
const pay = async (tx: Tx, purse: Purse, amount: bigint, hour: Date, machines: number) => {
  const { standing, reserves } = purse;
  const enough = standing.available >= amount;
  const taken = enough ? [] : takeReserves(reserves, amount);
  const lacking = enough ? amount : taken.reduce((left, part) => left - part.amount, amount);
  const fromWallet = lesser(lacking, standing.available);
  const entryId = newEventId();
  const description = `Use of ${machines} ${machines === 1 ? "machine" : "machines"}`;
  await tx.sql`
    select charge_usage(${entryId}, ${standing.organisationId}, ${standing.walletId}, ${fromWallet.toString()},
      ${taken.map(({ id }) => id)}::uuid[], ${taken.map((part) => part.amount.toString())}::bigint[],
      ${(lacking - fromWallet).toString()}, ${description}, ${new Date(hour.getTime() + HOUR).toISOString()})`;
  purse.standing = { ...standing, available: standing.available - fromWallet };
  return { entryId, enough, exhausted: !enough && lacking > 0n };
};

/** From `at` on compute stops counting: the machines were to stop then, whenever telemetry gets to it. */
const switchOff = async (tx: Tx, runs: readonly RunRow[], at: Date): Promise<RunRow[]> => {
  const on = runs.filter(({ isOn, toAt, fromAt }) => isOn && fromAt < at && (toAt === null || toAt > at));
  if (on.length === 0) return [...runs];
  const ids = on.map(({ id }) => id);
  await tx.db.update(run).set({ toAt: at }).where(inArray(run.id, ids));
  const rests = on.map(({ id: _, ...rest }) => ({ ...rest, fromAt: at, isOn: false }));
  const off = await tx.db.insert(run).values(rests).returning();
  return [...runs.map((row) => (ids.includes(row.id) ? { ...row, toAt: at } : row)), ...off];
};

/** Where the money stands after an hour was paid: warnings, grace, its end. */
const judge = async (
  tx: Tx,
  purse: Purse,
  paid: { enough: boolean; exhausted: boolean },
  runs: RunRow[],
  rate: Fraction,
  hour: Date,
): Promise<RunRow[]> => {
  const end = new Date(hour.getTime() + HOUR);
  const { state } = purse.standing;
  if (state === "STOPPED" || state === "CLOSED") return runs;
  if (paid.enough && state !== "OUT_OF_FUNDS") {
    purse.standing = await reviewRunway(tx, purse.standing, rate, end);
    return runs;
  }
  if (state !== "OUT_OF_FUNDS") purse.standing = await beginGrace(tx, purse.standing, rate, hour);
  const { graceEndsAt } = purse.standing;
  if (!paid.exhausted && graceEndsAt !== null && graceEndsAt > end) return runs;
  const on = runs.filter(({ isOn, toAt }) => isOn && (toAt === null || toAt > end)).map(({ vmId }) => vmId);
  purse.standing = await endGrace(tx, purse.standing, on, rate, end);
  return switchOff(tx, runs, end);
};

const runsBetween = (tx: Tx, organisationId: string, from: Date, until: Date): Promise<RunRow[]> =>
  tx.db
    .select()
    .from(run)
    .where(and(eq(run.organisationId, organisationId), lt(run.fromAt, until), or(isNull(run.toAt), gt(run.toAt, from))))
    .orderBy(asc(run.fromAt));

const chargeHours = async (tx: Tx, organisationId: string, from: Date, until: Date): Promise<void> => {
  let runs = await runsBetween(tx, organisationId, from, until);
  if (runs.length === 0) return;
  const vmIds = [...new Set(runs.map(({ vmId }) => vmId))];
  const rows = await tx.db.select().from(machine).where(inArray(machine.vmId, vmIds));
  const machines = new Map(rows.map((row) => [row.vmId, row]));
  const meters = await Meters.read(tx, organisationId, rows);
  const pricesAt = await pricesThrough(tx, organisationId, from, until);
  let purse: Purse | null = null;
  for (let hour = from; hour < until; hour = new Date(hour.getTime() + HOUR)) {
    const prices = await pricesAt(hour);
    if (!prices) continue;
    purse ??= await openPurse(tx, organisationId, prices);
    const uses = usesOf(runs, machines, prices, hour);
    const amount = meters.add(uses, hour, prices.list.currency);
    const inUse = new Set(uses.map(({ vmId }) => vmId)).size;
    const paid = amount > 0n ? await pay(tx, purse, amount, hour, inUse) : { enough: true, exhausted: false };
    if ("entryId" in paid) meters.chargedBy(hour, paid.entryId);
    runs = await judge(tx, purse, paid, runs, rateAfter(runs, machines, prices, hour), hour);
  }
  await meters.write(tx);
};

/**
 * Charges an organisation's use hour by hour up to `until` (a full hour), at most a week of it. Whatever was charged
 * already is left alone.
 */
const chargeOrganisation = async (tx: Tx, organisationId: string, until: Date): Promise<void> => {
  const own = eq(metering.organisationId, organisationId);
  const [row] = await tx.db.select().from(metering).where(own).for("update");
  if (!row || row.until >= until) return;
  const end = new Date(Math.min(until.getTime(), row.until.getTime() + HOURS_AT_ONCE * HOUR));
  await chargeHours(tx, organisationId, row.until, end);
  await tx.db.update(metering).set({ until: end }).where(own);
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

/**
 * Charges all use up to the last full hour before `at`, whatever was missed; doing it again changes nothing. One
 * organisation's failure stops no other.
 * @returns the failures, by organisation.
 */
export const chargeUntil = async (database: Database, at: Date): Promise<Map<string, unknown>> => {
  const until = hourOf(at);
  const failures = new Map<string, unknown>();
  const system = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.system("charge-usage", work);
  await system((tx) => skipIdle(tx, until));
  for (;;) {
    const due = await system((tx) =>
      tx.db
        .select({ organisationId: metering.organisationId })
        .from(metering)
        .where(lt(metering.until, until))
        .orderBy(asc(metering.until), asc(metering.organisationId))
        .limit(BATCH + failures.size),
    );
    const open = due.filter(({ organisationId }) => !failures.has(organisationId));
    if (open.length === 0) return failures;
    for (const { organisationId } of open) {
      await system((tx) => chargeOrganisation(tx, organisationId, until)).catch((error: unknown) =>
        failures.set(organisationId, error),
      );
    }
  }
};
