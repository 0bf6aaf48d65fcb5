import type { CatalogueItemRow } from "../catalogue/catalogue.schema.js";
import { calculateLines } from "../catalogue/pricing.js";
import type { Terms } from "../catalogue/terms.js";
import type { NewLine } from "../invoices/drafting.js";
import { type Calculation, explained, type PriceLine } from "../prices/calculation.js";
import type { PlannedChange } from "./changing.js";
import { wordsFor } from "./charging.js";
import { dueUntil, minuteOf } from "./period.js";

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
export const linesOfChange = ({ before, after, items, present, next }: PlannedChange, at: Date): Calculation => {
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

/** Lines before tax, as an invoice has them. */
export const invoiceLines = ({ lines }: Pick<Calculation, "lines">): NewLine[] =>
  lines
    .filter(({ kind, amount }) => kind !== "TAX" && amount !== 0n)
    .map(({ explanation, volumeBasisPoints: _, promotionBasisPoints: __, ...line }) => ({
      ...line,
      hours: explanation?.hours ?? null,
    }));

/** A whole period of a service, step by step. @param unitPrice that of the version that counts. */
export const linesOfPeriod = (
  item: CatalogueItemRow,
  { unitPrice, quantity }: { unitPrice: bigint; quantity: number },
  terms: Terms,
  coupon: { couponId: string; code: string; discount: bigint } | null,
): NewLine[] => {
  const priced = { item: { ...item, price: unitPrice }, quantity, amount: unitPrice * BigInt(quantity) };
  return invoiceLines(calculateLines([priced], item.currency, terms, coupon));
};
