import { type Currency, type Money, NotFoundFault, type Tx } from "@tollgate/kit";
import { and, eq, inArray, isNotNull, isNull, notInArray } from "drizzle-orm";
import { type MachineRow, machine } from "../machines/machine.schema.js";
import { order } from "../orders/order.schema.js";
import { costPerHour } from "../prices/cost.js";
import { add, ceiling, type Fraction, fraction, multiply } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";

/** Hours that everything which runs must be paid for before another machine joins it. */
export const RUNWAY_HOURS = 720;

/** Whether there is money for one more machine. `allowed` says that `available` covers `needed`. */
export interface FundsCheck {
  allowed: boolean;
  available: Money;
  /** Runway of everything that runs and of the new machine, without what is set aside for it already. */
  needed: Money;
  shortfall: Money;
  runwayHours: number;
  /** When available is used up with the new machine added; null if never. */
  runsOutAt: Date | null;
}

interface LawWallet {
  organisation_id: string;
  currency: Currency;
  available: bigint;
}

const NOTHING = fraction(0n, 1n);
const HOUR = 3_600_000n;
/** Beyond a century nothing runs out. */
const FAR_HOURS = 876_000n;

/**
 * What the organisation's machines cost in an hour, minor units, exact; those of open orders are covered by their holds.
 * One that waits for money or is about to be switched on counts as running.
 */
export const liveRate = async (tx: Tx, organisationId: string, currency: Currency, at: Date): Promise<Fraction> => {
  const ofOpenOrders = tx.db
    .select({ vmId: order.vmId })
    .from(order)
    .where(and(eq(order.organisationId, organisationId), isNull(order.endedAt), isNotNull(order.vmId)));
  const machines = await tx.db
    .select()
    .from(machine)
    .where(
      and(
        eq(machine.organisationId, organisationId),
        eq(machine.isCharged, true),
        inArray(machine.state, ["RUNNING", "SUSPENDED", "STOPPED"]),
        notInArray(machine.vmId, ofOpenOrders),
      ),
    );
  if (machines.length === 0) return NOTHING;
  const prices = (await pricesInForce(tx, [organisationId], at)).get(organisationId);
  if (!prices || prices.list.currency !== currency) return NOTHING;
  const isOn = ({ state, startsUntil }: MachineRow) =>
    state !== "STOPPED" || (startsUntil !== null && startsUntil > at);
  return machines.reduce((sum, row) => add(sum, costPerHour(prices, row, isOn(row)) ?? NOTHING), NOTHING);
};

const check = async (
  tx: Tx,
  walletId: string,
  row: LawWallet | undefined,
  newRate: Fraction,
  at: Date,
): Promise<FundsCheck> => {
  if (!row) throw new NotFoundFault("wallet", walletId);
  const { organisation_id: organisationId, currency, available } = row;
  const [reserves] = await tx.sql<{ held: bigint }[]>`
    select coalesce(sum(amount - captured), 0)::bigint as held from hold
     where wallet_id = ${walletId} and state = 'OPEN' and kind <> 'ORDER'`;
  const rate = add(await liveRate(tx, organisationId, currency, at), newRate);
  const runway = fraction(BigInt(RUNWAY_HOURS), 1n);
  const alone = ceiling(multiply(newRate, runway));
  const all = ceiling(multiply(rate, runway)) - (reserves?.held ?? 0n);
  const needed = all > alone ? all : alone;
  const inCurrency = (minorUnits: bigint): Money => ({ minorUnits, currency });
  const hours = rate.numerator > 0n ? (available * rate.denominator) / rate.numerator : FAR_HOURS;
  return {
    allowed: available >= needed,
    available: inCurrency(available),
    needed: inCurrency(needed),
    shortfall: inCurrency(needed > available ? needed - available : 0n),
    runwayHours: RUNWAY_HOURS,
    runsOutAt: hours < FAR_HOURS ? new Date(at.getTime() + Number(hours * HOUR)) : null,
  };
};

/**
 * The law of funds, under the wallet's lock, which is held until the transaction ends: posted money and credit, less
 * what is held for open orders, covers the runway of everything that runs and of the new machine.
 * @param newRate minor units in an hour, exact.
 */
export const provisioningLaw = async (tx: Tx, walletId: string, newRate: Fraction, at: Date): Promise<FundsCheck> => {
  const [row] = await tx.sql<LawWallet[]>`select organisation_id, currency, available from lock_wallet(${walletId})`;
  return check(tx, walletId, row, newRate, at);
};

/** The same, asked without a lock: what it says may be over a moment later. */
export const fundsFor = async (tx: Tx, walletId: string, newRate: Fraction, at: Date): Promise<FundsCheck> => {
  const [row] = await tx.sql<LawWallet[]>`
    select organisation_id, currency, available from wallet where id = ${walletId}`;
  return check(tx, walletId, row, newRate, at);
};
