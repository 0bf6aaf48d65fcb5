import type { Tx } from "@tollgate/kit";
import { and, desc, eq, inArray } from "drizzle-orm";
import { type HoldRow, type HoldState, hold } from "../ledger/hold.schema.js";
import type { WalletRow } from "../ledger/ledger.schema.js";
import { machine } from "../machines/machine.schema.js";
import { grossPerHour, withTax } from "../prices/cost.js";
import { add, type Fraction, fraction } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";

const NOTHING = fraction(0n, 1n);
const DAY = 86_400_000;

/** What the organisations' machines cost in an hour as they are now, in the main currency of their prices. */
const presentRates = async (tx: Tx, rows: readonly WalletRow[], at: Date): Promise<Map<string, Fraction>> => {
  const organisationIds = [...new Set(rows.map((row) => row.organisationId))];
  if (organisationIds.length === 0) return new Map();
  const machines = await tx.db
    .select()
    .from(machine)
    .where(
      and(
        inArray(machine.organisationId, organisationIds),
        eq(machine.isCharged, true),
        inArray(machine.state, ["RUNNING", "STOPPED", "SUSPENDED"]),
      ),
    );
  const prices = await pricesInForce(tx, organisationIds, at);
  const rates = new Map<string, Fraction>();
  for (const row of rows) {
    const own = prices.get(row.organisationId);
    if (own?.list.currency !== row.currency) continue;
    const costs = machines
      .filter(({ organisationId }) => organisationId === row.organisationId)
      .map((one) => grossPerHour(own, one, one.state === "RUNNING") ?? NOTHING);
    rates.set(row.id, costs.reduce(add, NOTHING));
  }
  return rates;
};

/** Records are net of tax, and wallets pay it as well. By wallet. */
const withTaxes = async (
  tx: Tx,
  rows: readonly WalletRow[],
  rates: ReadonlyMap<string, Fraction>,
  at: Date,
): Promise<Map<string, Fraction>> => {
  const burning = rows.filter(({ id }) => rates.has(id));
  if (burning.length === 0) return new Map();
  const owners = [...new Set(burning.map(({ organisationId }) => organisationId))];
  const prices = await pricesInForce(tx, owners, at);
  return new Map(
    burning.map(({ id, organisationId }) => {
      const own = prices.get(organisationId);
      const rate = rates.get(id) ?? NOTHING;
      return [id, own ? withTax(own, rate) : rate];
    }),
  );
};

/**
 * Minor units an hour, exact, over the last 24 hours that were charged; of a wallet with less than one, what its machines
 * cost now. By wallet.
 */
export const burnRates = async (tx: Tx, rows: readonly WalletRow[], at: Date): Promise<Map<string, Fraction>> => {
  // Of an hour in which the first machine began, only the minutes from then on count; of few, the rounded amounts say little.
  const used = await tx.sql<{ id: string; amount: bigint; minutes: bigint }[]>`
    select id, sum(amount)::bigint as amount, sum(minutes)::bigint as minutes from (
      select w.id, sum(u.amount) as amount, max(u.minutes) as minutes
        from wallet w
        join usage_record u on u.organisation_id = w.organisation_id and u.currency = w.currency
       where w.id = any(${rows.map(({ id }) => id)}::uuid[]) and u.hour <= ${at.toISOString()}
         and u.hour >= ${new Date(at.getTime() - DAY).toISOString()}
       group by w.id, u.hour) hours
     group by id having sum(minutes) >= 60`;
  const charged = new Map(used.map(({ id, amount, minutes }) => [id, fraction(amount * 60n, minutes)]));
  const known = await withTaxes(tx, rows, charged, at);
  const without = rows.filter(({ id }) => !known.has(id));
  for (const [id, rate] of await presentRates(tx, without, at)) known.set(id, rate);
  return known;
};

export interface HoldsKey {
  walletId: string;
  state: readonly HoldState[] | null;
}

/** Holds of several wallets, newest first, in one statement. */
export const holdsOf = async (tx: Tx, keys: readonly HoldsKey[]): Promise<Map<HoldsKey, HoldRow[]>> => {
  const walletIds = [...new Set(keys.map(({ walletId }) => walletId))];
  const rows = await tx.db
    .select()
    .from(hold)
    .where(inArray(hold.walletId, walletIds))
    .orderBy(desc(hold.createdAt), desc(hold.id));
  const wanted = ({ walletId, state }: HoldsKey) =>
    rows.filter((row) => row.walletId === walletId && (state?.includes(row.state) ?? true));
  return new Map(keys.map((key) => [key, wanted(key)]));
};
