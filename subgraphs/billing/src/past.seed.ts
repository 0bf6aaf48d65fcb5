import { newEventId, type Subgraph, type Tx } from "@tollgate/kit";
import type { VmChange } from "@tollgate/kit/protocol";
import { inArray } from "drizzle-orm";
import { creditWallet } from "./ledger/ledger.js";
import { wallet } from "./ledger/ledger.schema.js";
import { followVm } from "./machines/machines.js";
import { grossPerHour } from "./prices/cost.js";
import { add, fraction, multiply, rounded } from "./prices/fraction.js";
import { pricesInForce } from "./prices/prices.js";
import type { Prices } from "./prices/rates.js";
import { chargeWithin } from "./usage/charge.js";
import { followRun, hourOf } from "./usage/runs.js";
import { run } from "./usage/usage.schema.js";

/** What stood before this database was made, and what its use shall have left in the wallets. */
export interface SeededPast {
  /** Each as it stands since `at`. */
  machines: readonly VmChange[];
  /** Minor units of the main currency that shall be left by now beside a day of everything, by organisation. */
  left: ReadonlyMap<string, bigint>;
  from: Date;
  now: Date;
}

const HOUR = 3_600_000;
/** Hours that a payment lasts beyond the next one: more than anybody is warned of. */
const SPARE_HOURS = 80n;
/** Hours of everything that are set aside once the past is over. */
const RESERVE_HOURS = 24n;
const NOTHING = fraction(0n, 1n);

const hoursBetween = (from: Date, to: Date): bigint => BigInt(Math.floor((to.getTime() - from.getTime()) / HOUR));

/** Telemetry tells of the same machines later, in its own first version. */
const tell = async (tx: Tx, payload: VmChange): Promise<void> => {
  const { vmId: aggregateId, organisationId, at } = payload;
  const about = { type: "vm.changed", aggregateId, aggregateVersion: 0n, organisationId, occurredAt: at };
  const event = { ...about, id: newEventId(at.getTime()), payload, sealed: null };
  await followVm(tx, event);
  await followRun(tx, event, at);
};

/** What machines cost between two moments and a while longer, in whole minor units. */
const costOf = (prices: Prices, machines: readonly VmChange[], at: Date, until: Date, spareHours: bigint): bigint => {
  const standing = machines.filter((machine) => machine.at < until);
  const costs = standing.map((machine) => {
    const hours = hoursBetween(machine.at > at ? machine.at : at, until) + spareHours;
    const perHour = grossPerHour(prices, machine, machine.state === "RUNNING");
    return perHour ? multiply(perHour, fraction(hours, 1n)) : NOTHING;
  });
  return rounded(costs.reduce(add, NOTHING));
};

/** Everybody's payment of one round. */
const pay = async (tx: Tx, { machines, left, now }: SeededPast, round: number, at: Date, until: Date) => {
  const organisationIds = [...left.keys()];
  const wallets = await tx.db.select().from(wallet).where(inArray(wallet.organisationId, organisationIds));
  const pricesOf = await pricesInForce(tx, organisationIds, at);
  const isLast = until >= now;
  for (const { organisationId, currency, available } of wallets) {
    const prices = pricesOf.get(organisationId);
    if (prices?.list.currency !== currency) continue;
    const own = machines.filter((machine) => machine.organisationId === organisationId);
    const kept = isLast ? (left.get(organisationId) ?? 0n) : 0n;
    const wanted = costOf(prices, own, at, until, isLast ? RESERVE_HOURS : SPARE_HOURS) + kept;
    if (wanted <= available) continue;
    const payment = { organisationId, currency, minorUnits: wanted - available, at };
    const words = { description: "Top-up by bank transfer", idempotencyKey: `past payment ${round}` };
    await creditWallet(tx, { ...payment, ...words });
  }
};

/**
 * Lets machines have run, and have been paid for, before now: payments and hourly charges through the same functions as
 * ever, wholly or not at all. Does nothing where one of the machines is known already.
 */
export const seedPast = async (subgraph: Subgraph, past: SeededPast): Promise<void> => {
  const { machines, from, now } = past;
  const rounds = [0, 0.4, 0.8, 1].map((part) => new Date(from.getTime() + part * (now.getTime() - from.getTime())));
  // In one transaction: whoever charges meanwhile must not find use that is not paid for yet.
  await subgraph.database.system("seed", async (tx) => {
    const ids = machines.map(({ vmId }) => vmId);
    const [known] = await tx.db.select({ vmId: run.vmId }).from(run).where(inArray(run.vmId, ids)).limit(1);
    if (known) return;
    for (const machine of machines) await tell(tx, machine);
    for (const [round, at] of rounds.slice(0, -1).entries()) {
      const until = rounds[round + 1] ?? now;
      await pay(tx, past, round, at, until);
      await chargeWithin(tx, [...past.left.keys()], hourOf(until));
    }
  });
};
