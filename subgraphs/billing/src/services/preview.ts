import { ConflictFault, type Tx } from "@tollgate/kit";
import type { Calculation, PriceLine } from "../prices/calculation.js";
import { explained } from "../prices/calculation.js";
import { type ChangeWish, type PlannedChange, planChange } from "./changing.js";
import { wordsFor } from "./charging.js";
import { dueUntil, minuteOf } from "./period.js";
import { subscriptionById } from "./reading.js";

const HOUR = 3_600_000;

const hoursBetween = (from: Date, to: Date): string => ((to.getTime() - from.getTime()) / HOUR).toFixed(2);

const line = (
  kind: "PRORATION" | "SERVICE" | "TAX",
  description: string,
  amount: bigint,
  hours?: string,
): PriceLine => ({
  kind,
  description,
  quantity: null,
  unit: null,
  unitPrice: null,
  amount,
  explanation: explained(hours === undefined ? {} : { hours }),
});

/** A planned change step by step: what is given back of the running period, what is asked for instead, the tax of both. */
export const linesOf = ({ before, after, items, present, next }: PlannedChange, at: Date): Calculation => {
  const from = minuteOf(before, at);
  const subtotal = present.net + next.net;
  const tax = present.tax + next.tax;
  const back = dueUntil(before, from).net - before.taken;
  const [old, fresh] = [wordsFor(items.before.name, before.quantity), wordsFor(items.after.name, after.quantity)];
  const left = hoursBetween(from, before.currentPeriodEnd);
  const goesOn = after.currentPeriodStart.getTime() === before.currentPeriodStart.getTime();
  const instead = goesOn
    ? line("PRORATION", `${fresh}, for the rest of the period`, subtotal - back, left)
    : line("SERVICE", `${fresh}, a period from now on`, subtotal - back);
  const taxes = tax === 0n ? [] : [line("TAX", "Tax of both", tax)];
  return {
    currency: before.currency,
    priceListId: null,
    lines: [line("PRORATION", `${old}, the rest of the period given back`, back, left), instead, ...taxes],
    subtotal,
    tax,
    total: subtotal + tax,
  };
};

/** What a change would come to now, without making it. @throws as the change itself. */
export const previewChange = async (tx: Tx, wish: ChangeWish, at: Date): Promise<Calculation> => {
  const row = await subscriptionById(tx, wish.serviceSubscriptionId);
  if (row.endedAt === null && row.state === "ACTIVE" && row.dueAt <= at) {
    throw new ConflictFault("Its renewal is under way; try again in a minute.", row.id);
  }
  return linesOf(await planChange(tx, row, wish, at), at);
};
