import { type Currency, InvalidInputFault, readSettingOfEach, type Tx } from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import { MAIN_CURRENCY } from "../currency.js";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { add, type Fraction, fraction, multiply, rounded } from "../prices/fraction.js";
import { runsOutAt } from "../usage/standing.js";
import { metering } from "../usage/usage.schema.js";
import { burnRates } from "../wallet/runway.js";
import { monthOf, type Period, previousOf, type SpendStep, stepsOf } from "./calendar.js";
import { chargedIn } from "./charged.js";
import type { Books } from "./used.js";

const HOUR = 3_600_000n;
const DAY = 86_400_000;
const NOTHING = fraction(0n, 1n);
/** Points of a trend. */
const MOST_POINTS = 1_000;
const MOST_MONTHS = 60;
const LONGEST_PERIOD = 3_660 * DAY;

export interface SpendKey {
  organisationId: string;
  /** The running month of the organisation's zone when left out. */
  period: Period | null;
  /** The main currency when left out. */
  currency: Currency | null;
}

/** What an organisation was charged in a period; amounts in minor units, tax included. */
export interface Spend {
  books: Books;
  zone: string;
  period: Period;
  total: bigint;
  previous: bigint;
  projected: bigint | null;
  runwayDays: number | null;
}

/** @throws InvalidInputFault unless it ends after it begins, within ten years. */
export const requirePeriod = (period: Period, path: string): Period => {
  const length = period.to.getTime() - period.from.getTime();
  if (length <= 0) throw InvalidInputFault.of(path, "OUT_OF_RANGE", "A period must end after it begins.");
  if (length > LONGEST_PERIOD) throw InvalidInputFault.of(path, "OUT_OF_RANGE", "A period has at most ten years.");
  return period;
};

/** The time zone of each organisation's books. */
export const zonesOf = (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, string>> =>
  readSettingOfEach(tx, "billing.timeZone", organisationIds);

/** Until when each organisation's use is charged. */
const chargedUntil = async (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, Date>> => {
  const rows = await tx.db
    .select()
    .from(metering)
    .where(inArray(metering.organisationId, [...organisationIds]));
  return new Map(rows.map(({ organisationId, until }) => [organisationId, until]));
};

const costOf = (rate: Fraction, milliseconds: number): Fraction =>
  multiply(rate, fraction(BigInt(Math.max(0, milliseconds)), HOUR));

interface Projecting {
  rates: ReadonlyMap<string, Fraction>;
  until: ReadonlyMap<string, Date>;
  at: Date;
}

/** What projections follow from: the present burn rates, and until when use is charged. */
export const projecting = async (tx: Tx, rows: readonly WalletRow[], at: Date): Promise<Projecting> => ({
  rates: await burnRates(tx, rows, at),
  until: await chargedUntil(
    tx,
    rows.map(({ organisationId }) => organisationId),
  ),
  at,
});

/** The whole period at the present burn rate: what was charged and what is to come; null for one that is over. */
export const projectedFor = (
  { id, organisationId }: WalletRow,
  { from, to }: Period,
  total: bigint,
  { rates, until, at }: Projecting,
): bigint | null => {
  if (to <= at) return null;
  const begin = Math.max(from.getTime(), (until.get(organisationId) ?? at).getTime());
  const coming = costOf(rates.get(id) ?? NOTHING, to.getTime() - begin);
  return rounded(add(fraction(total, 1n), coming));
};

const runwayOf = ({ id, available }: WalletRow, { rates, at }: Projecting): number | null => {
  const end = runsOutAt(available, rates.get(id) ?? NOTHING, at);
  return end === null ? null : Math.floor(Math.max(0, end.getTime() - at.getTime()) / DAY);
};

/** The same for wallets that are asked about the same time: one statement for each different time. */
const chargedAlike = async <Asked extends { walletId: string; begins: readonly Date[]; to: Date }>(
  tx: Tx,
  asked: readonly Asked[],
): Promise<Map<Asked, bigint[]>> => {
  const timeOf = ({ begins, to }: Asked): string => [...begins, to].map((moment) => moment.getTime()).join();
  const found = new Map<Asked, bigint[]>();
  for (const alike of Map.groupBy(asked, timeOf).values()) {
    const [{ begins, to } = { begins: [], to: new Date(0) }] = alike;
    const amounts = await chargedIn(tx, [...new Set(alike.map(({ walletId }) => walletId))], begins, to);
    for (const one of alike) found.set(one, amounts.get(one.walletId) ?? begins.map(() => 0n));
  }
  return found;
};

/** Spend of several organisations; of one without a wallet in the currency, or out of sight, there is none. */
export const spendOf = async (tx: Tx, keys: readonly SpendKey[], at: Date): Promise<Map<SpendKey, Spend>> => {
  const organisationIds = [...new Set(keys.map(({ organisationId }) => organisationId))];
  const wallets = await tx.db.select().from(wallet).where(inArray(wallet.organisationId, organisationIds));
  const zones = await zonesOf(tx, organisationIds);
  const asked = keys.flatMap((key) => {
    const currency = key.currency ?? MAIN_CURRENCY;
    const row = wallets.find((one) => one.organisationId === key.organisationId && one.currency === currency);
    if (!row) return [];
    const zone = zones.get(key.organisationId) ?? "UTC";
    const period = key.period ?? monthOf(zone, at);
    const begins = [previousOf(zone, period).from, period.from];
    return [{ key, row, zone, period, walletId: row.id, begins, to: period.to }];
  });
  const amounts = await chargedAlike(tx, asked);
  const facts = await projecting(tx, [...new Set(asked.map(({ row }) => row))], at);
  return new Map(
    asked.map((one) => {
      const [previous = 0n, total = 0n] = amounts.get(one) ?? [];
      const { key, row, zone, period } = one;
      const books = { walletId: row.id, organisationId: row.organisationId, currency: row.currency };
      const projected = projectedFor(row, period, total, facts);
      return [key, { books, zone, period, total, previous, projected, runwayDays: runwayOf(row, facts) }];
    }),
  );
};

/** A stretch of time and what was charged in it. */
export interface Point {
  at: Date;
  amount: bigint;
}

export interface TrendKey {
  spend: Spend;
  step: SpendStep;
}

const pointsOf = (begins: readonly Date[], amounts: readonly bigint[]): Point[] =>
  begins.map((begin, nth) => ({ at: begin, amount: amounts[nth] ?? 0n }));

/**
 * Spend step by step, from where the period begins to where it ends, or to now.
 * @throws InvalidInputFault for more than 1,000 steps.
 */
export const trendsOf = async (tx: Tx, keys: readonly TrendKey[], at: Date): Promise<Map<TrendKey, Point[]>> => {
  const asked = keys.map((key) => {
    const { zone, period, books } = key.spend;
    // What was charged is of the past; the hour that runs may hold something already.
    const to = new Date(Math.min(period.to.getTime(), Math.max(at.getTime() + 1, period.from.getTime() + 1)));
    const begins = stepsOf(zone, { from: period.from, to }, key.step, MOST_POINTS);
    if (begins.length > MOST_POINTS) {
      throw InvalidInputFault.of(
        "step",
        "OUT_OF_RANGE",
        `A trend has at most ${MOST_POINTS} points; take longer steps.`,
      );
    }
    return { key, walletId: books.walletId, begins, to: period.to };
  });
  const amounts = await chargedAlike(tx, asked);
  return new Map(asked.map((one) => [one.key, pointsOf(one.begins, amounts.get(one) ?? [])]));
};

export interface PastBillsKey {
  spend: Spend;
  months: number;
}

/**
 * What the months before the running one were charged, oldest first, from the first in which something was.
 * @throws InvalidInputFault unless 1 to 60 months are asked for.
 */
export const pastBillsOf = async (
  tx: Tx,
  keys: readonly PastBillsKey[],
  at: Date,
): Promise<Map<PastBillsKey, Point[]>> => {
  const asked = keys.map((key) => {
    const { months, spend } = key;
    if (!Number.isInteger(months) || months < 1 || months > MOST_MONTHS) {
      throw InvalidInputFault.of("months", "OUT_OF_RANGE", `months must be from 1 to ${MOST_MONTHS}.`);
    }
    const begins = Array.from({ length: months }, (_, nth) => monthOf(spend.zone, at, nth - months).from);
    return { key, walletId: spend.books.walletId, begins, to: monthOf(spend.zone, at).from };
  });
  const amounts = await chargedAlike(tx, asked);
  return new Map(
    asked.map((one) => {
      const points = pointsOf(one.begins, amounts.get(one) ?? []);
      const first = points.findIndex(({ amount }) => amount !== 0n);
      return [one.key, first < 0 ? [] : points.slice(first)];
    }),
  );
};
