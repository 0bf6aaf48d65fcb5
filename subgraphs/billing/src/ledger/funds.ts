import { type Currency, type Money, NotFoundFault, readSettingOfEach, type Tx } from "@tollgate/kit";
import { and, eq, inArray, isNotNull, isNull, notInArray } from "drizzle-orm";
import { type MachineRow, machine } from "../machines/machine.schema.js";
import { order } from "../orders/order.schema.js";
import { grossPerHour } from "../prices/cost.js";
import { add, ceiling, type Fraction, fraction, greater, multiply } from "../prices/fraction.js";
import { pricesInForce } from "../prices/prices.js";
import type { Prices } from "../prices/rates.js";
import { owedOf } from "./balances.js";
import { reservedOf } from "./holds.js";
import { wallet } from "./ledger.schema.js";

/** Whether there is money for one more machine. `allowed` says that nothing is owed, and `available` covers `needed`. */
export interface FundsCheck {
  allowed: boolean;
  available: Money;
  /** Runway of everything that runs and of the new machine, without what is set aside for it already. */
  needed: Money;
  /** What must come in: debts are paid of it first, and by no credit. */
  shortfall: Money;
  /** Hours that everything which runs must be paid for before another machine joins it. */
  runwayHours: number;
  /** When available is used up with the new machine added; null if never. */
  runsOutAt: Date | null;
}

/** A wallet as far as the law of funds goes. */
interface LawWallet {
  id: string;
  organisation_id: string;
  currency: Currency;
  available: bigint;
  /** Debt that stands on no invoice: nothing that was stopped goes on before it is paid. */
  owed: bigint;
}

const NOTHING = fraction(0n, 1n);
const HOUR = 3_600_000n;
/** Beyond a century nothing runs out. */
const FAR_HOURS = 876_000n;

/** Whether it costs its compute: one that waits for money or is about to be switched on does as well. */
const countsAsOn = ({ state, startsUntil }: MachineRow, at: Date): boolean =>
  state !== "STOPPED" || (startsUntil !== null && startsUntil > at);

/**
 * What the machines that each wallet pays for cost in an hour, minor units, exact, by the wallet's id; those of open orders
 * are covered by their holds. The number of statements does not depend on how many wallets there are.
 */
export const liveRates = async (
  tx: Tx,
  wallets: readonly Pick<LawWallet, "id" | "organisation_id" | "currency">[],
  at: Date,
): Promise<Map<string, Fraction>> => {
  const organisationIds = [...new Set(wallets.map((row) => row.organisation_id))];
  const ofOpenOrders = tx.db
    .select({ vmId: order.vmId })
    .from(order)
    .where(and(inArray(order.organisationId, organisationIds), isNull(order.endedAt), isNotNull(order.vmId)));
  const machines = await tx.db
    .select()
    .from(machine)
    .where(
      and(
        inArray(machine.organisationId, organisationIds),
        eq(machine.isCharged, true),
        inArray(machine.state, ["RUNNING", "SUSPENDED", "STOPPED"]),
        notInArray(machine.vmId, ofOpenOrders),
      ),
    );
  const byOwner = Map.groupBy(machines, (row) => row.organisationId);
  const prices = machines.length > 0 ? await pricesInForce(tx, [...byOwner.keys()], at) : new Map<string, Prices>();
  return new Map(
    wallets.map(({ id, organisation_id: organisationId, currency }) => {
      const own = prices.get(organisationId);
      if (own?.list.currency !== currency) return [id, NOTHING];
      const costs = (byOwner.get(organisationId) ?? []).map((row) => grossPerHour(own, row, countsAsOn(row, at)));
      return [id, costs.reduce<Fraction>((sum, cost) => add(sum, cost ?? NOTHING), NOTHING)];
    }),
  );
};

/** What weighs on a wallet: what its machines cost, what is set aside for them, and for how long it must last. */
interface Burden {
  live: Fraction;
  reserved: bigint;
  runwayHours: number;
}

/** What there is to say of one more machine. */
const judge = (
  { currency, available, owed }: LawWallet,
  { live, reserved, runwayHours, newRate }: Burden & { newRate: Fraction },
  at: Date,
): FundsCheck => {
  const rate = add(live, newRate);
  const runway = fraction(BigInt(runwayHours), 1n);
  const alone = ceiling(multiply(newRate, runway));
  const all = ceiling(multiply(rate, runway)) - reserved;
  const needed = greater(all, alone);
  const inCurrency = (minorUnits: bigint): Money => ({ minorUnits, currency });
  const hours = rate.numerator > 0n ? (available * rate.denominator) / rate.numerator : FAR_HOURS;
  return {
    allowed: owed === 0n && available >= needed,
    available: inCurrency(available),
    needed: inCurrency(needed),
    shortfall: inCurrency(owed + greater(needed - available, 0n)),
    runwayHours,
    runsOutAt: hours < FAR_HOURS ? new Date(at.getTime() + Number(hours * HOUR)) : null,
  };
};

/** What judging machines on these wallets begins from. */
const burdensOf = async (tx: Tx, wallets: readonly LawWallet[], at: Date) => {
  const reserved = await reservedOf(
    tx,
    wallets.map(({ id }) => id),
  );
  const live = await liveRates(tx, wallets, at);
  const owners = wallets.map((row) => row.organisation_id);
  const runways = await readSettingOfEach(tx, "billing.runwayHours", owners);
  return ({ id, organisation_id: organisationId }: LawWallet): Burden => {
    const runwayHours = runways.get(organisationId);
    if (runwayHours === undefined) throw new Error("a setting was asked for and not given");
    return { live: live.get(id) ?? NOTHING, reserved: reserved.get(id) ?? 0n, runwayHours };
  };
};

/** The law of funds over locked wallets. */
export interface LawOfFunds {
  /** Whether there is money for one more machine, after everything that was held so far. @param newRate exact, an hour. */
  ask(walletId: string, newRate: Fraction): FundsCheck;
  /** So much, minor units, is going to be held for it. */
  hold(walletId: string, amount: bigint): void;
}

/**
 * The law of funds, under the locks of these wallets, which are held until the transaction ends: nothing is owed, and
 * posted money and credit, less what is held for open orders, covers the runway of everything that runs and of the new
 * machine. A constant number of statements.
 */
export const lawOfFunds = async (tx: Tx, walletIds: readonly string[], at: Date): Promise<LawOfFunds> => {
  const rows = await tx.sql<LawWallet[]>`
    select id, organisation_id, currency, available, -receivable - invoiced as owed
      from lock_wallets(${[...walletIds]}::uuid[])`;
  const burdenOf = await burdensOf(tx, rows, at);
  const wallets = new Map(rows.map((row) => [row.id, { ...row }]));
  const walletOf = (id: string): LawWallet => {
    const row = wallets.get(id);
    if (!row) throw new NotFoundFault("wallet", id);
    return row;
  };
  return {
    ask: (walletId, newRate) => judge(walletOf(walletId), { ...burdenOf(walletOf(walletId)), newRate }, at),
    hold: (walletId, amount) => {
      walletOf(walletId).available -= amount;
    },
  };
};

/** One more machine for an organisation. */
export interface FundsQuestion {
  organisationId: string;
  currency: Currency;
  /** Minor units in an hour, exact. */
  newRate: Fraction;
}

/**
 * The same for several machines, each as if it came alone, asked without a lock: what it says may be over a moment later.
 * Left out where the organisation has no such wallet. A constant number of statements.
 */
export const fundsForEach = async <Question extends FundsQuestion>(
  tx: Tx,
  questions: readonly Question[],
  at: Date,
): Promise<Map<Question, FundsCheck>> => {
  const organisationIds = [...new Set(questions.map(({ organisationId }) => organisationId))];
  const rows = await tx.db.select().from(wallet).where(inArray(wallet.organisationId, organisationIds));
  const wallets = rows.map((row): LawWallet => {
    const { id, organisationId: organisation_id, currency, available } = row;
    return { id, organisation_id, currency, available, owed: owedOf(row) };
  });
  const burdenOf = await burdensOf(tx, wallets, at);
  return new Map(
    questions.flatMap((question) => {
      const { organisationId, currency, newRate } = question;
      const own = wallets.find((row) => row.organisation_id === organisationId && row.currency === currency);
      return own ? [[question, judge(own, { ...burdenOf(own), newRate }, at)] as const] : [];
    }),
  );
};

/** The same for one machine. @throws NotFoundFault where the organisation has no such wallet. */
export const fundsFor = async (tx: Tx, question: FundsQuestion, at: Date): Promise<FundsCheck> => {
  const found = (await fundsForEach(tx, [question], at)).get(question);
  if (!found) throw new NotFoundFault("wallet");
  return found;
};
