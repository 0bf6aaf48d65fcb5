import { readSetting, type Tx } from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import type { Fraction } from "../prices/fraction.js";
import type { Prices } from "../prices/rates.js";
import type { Hours } from "./hours.js";
import type { Payment, Purse } from "./purse.js";
import { HOUR } from "./runs.js";
import { beginGrace, endGrace, reviewRunway, stopLate, stopSome, warnOfStorage } from "./standing.js";
import { firstStop, nextStop, stopGroups } from "./stopping.js";
import { run } from "./usage.schema.js";

/** What a charged hour leaves behind. */
export interface Charged {
  hour: Date;
  prices: Prices;
  payment: Payment;
}

const groupsOf = (hours: Hours, at: Date): string[][] =>
  stopGroups(
    hours.goingOn(at).flatMap(({ isOn, vmId }) => {
      const machine = hours.machine(vmId);
      return isOn && machine ? [machine] : [];
    }),
  );

/** From `at` on compute stops counting: the machines were to stop then, whenever telemetry gets to it. */
const switchOff = async (tx: Tx, hours: Hours, vmIds: readonly string[], at: Date): Promise<void> => {
  const on = hours.runs.filter(
    ({ vmId, isOn, toAt, fromAt }) => isOn && vmIds.includes(vmId) && fromAt < at && (toAt === null || toAt > at),
  );
  if (on.length === 0) return;
  const ids = on.map(({ id }) => id);
  await tx.db.update(run).set({ toAt: at }).where(inArray(run.id, ids));
  const rests = on.map(({ id: _, ...rest }) => ({ ...rest, fromAt: at, isOn: false }));
  const off = await tx.db.insert(run).values(rests).returning();
  hours.runs = [...hours.runs.map((row) => (ids.includes(row.id) ? { ...row, toAt: at } : row)), ...off];
};

/** Nothing runs: what is left is the storage, which has a reserve of its own. */
const judgeStorage = async (tx: Tx, purse: Purse, rate: Fraction, at: Date): Promise<void> => {
  const left = purse.leftOf("STORAGE_RESERVE") + purse.leftOf("MACHINE_RESERVE") + purse.standing.available;
  const isShort = rate.numerator > 0n && left * rate.denominator < rate.numerator * 24n;
  if (isShort) purse.standing = await warnOfStorage(tx, purse.standing, rate, at);
};

/** Everything stopped: what runs all the same goes on only as long as there is money for it, for grace is over. */
const judgeStopped = async (tx: Tx, purse: Purse, hours: Hours, { hour, prices, payment }: Charged): Promise<void> => {
  const end = new Date(hour.getTime() + HOUR);
  const late = groupsOf(hours, end).flat();
  if (late.length > 0 && !payment.isEnough) {
    await stopLate(tx, purse.standing, late, end);
    await switchOff(tx, hours, late, end);
  }
  await judgeStorage(tx, purse, hours.rateAfter(hour, prices), end);
};

/** Machines stop when their share of the grace is over; all at once where nothing is left to pay for them. */
const judgeGrace = async (tx: Tx, purse: Purse, hours: Hours, { hour, prices, payment }: Charged): Promise<void> => {
  const end = new Date(hour.getTime() + HOUR);
  const { graceEndsAt } = purse.standing;
  if (!payment.isExhausted && graceEndsAt !== null && graceEndsAt > end) return;
  const [first = [], ...others] = groupsOf(hours, end);
  if (payment.isExhausted || others.length === 0) {
    const rate = hours.rateAfter(hour, prices);
    const all = [first, ...others].flat();
    purse.standing = await endGrace(tx, purse.standing, all, rate, end);
    return switchOff(tx, hours, all, end);
  }
  await switchOff(tx, hours, first, end);
  const rate = hours.rateAfter(hour, prices);
  const until = nextStop(end, purse.leftOf("MACHINE_RESERVE"), rate, others.length);
  purse.standing = await stopSome(tx, purse.standing, first, rate, end, until);
};

/** Where the money stands after an hour was paid: warnings, grace, its end. */
export const judge = async (tx: Tx, purse: Purse, hours: Hours, charged: Charged): Promise<void> => {
  const { hour, prices, payment } = charged;
  const { state, organisationId } = purse.standing;
  const end = new Date(hour.getTime() + HOUR);
  if (state === "CLOSED") return;
  if (state === "STOPPED") return judgeStopped(tx, purse, hours, charged);
  const rate = hours.rateAfter(hour, prices);
  if (payment.isEnough && state !== "OUT_OF_FUNDS") {
    purse.standing = await reviewRunway(tx, purse.standing, rate, end);
    return;
  }
  if (state !== "OUT_OF_FUNDS") {
    const graceHours = await readSetting(tx, "billing.graceHours", organisationId);
    const until = firstStop(hour, graceHours, groupsOf(hours, end).length);
    purse.standing = await beginGrace(tx, purse.standing, rate, hour, until);
  }
  await judgeGrace(tx, purse, hours, charged);
};
