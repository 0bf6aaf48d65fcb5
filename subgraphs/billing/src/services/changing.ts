import { ConflictFault, InvalidInputFault, NotFoundFault, requireId, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import type { CatalogueItemRow } from "../catalogue/catalogue.schema.js";
import { itemsById } from "../catalogue/reading.js";
import { requireQuantity } from "../catalogue/rules.js";
import { type Terms, termsAt } from "../catalogue/terms.js";
import { onceFor } from "../quotes/quotes.js";
import { charge, isOnMonthsInvoice, openPurse, type Purse, requireFunds, wordsFor } from "./charging.js";
import { lockInvoicesOf } from "./crediting.js";
import { invoiceLines, linesOfChange, linesOfPeriod } from "./lines.js";
import { lockSubscription, requireLive } from "./managing.js";
import { type Due, dueOf, dueUntil, endOfPeriod, minuteOf, usedUntil } from "./period.js";
import { type ServiceSubscriptionRow, serviceSubscription } from "./service.schema.js";
import { freshPeriod, frozen, recordChange, serviceOnSale } from "./subscribing.js";

export interface ChangeWish {
  serviceSubscriptionId: string;
  /** Another service; the same where null. */
  itemId: string | null;
  /** The same where null. */
  quantity: number | null;
}

/** A change as it would be made now. */
export interface PlannedChange {
  before: ServiceSubscriptionRow;
  after: ServiceSubscriptionRow;
  items: { before: CatalogueItemRow; after: CatalogueItemRow };
  /** Of the present period: what it comes to with the change, less what was taken; negative is given back. */
  present: Due;
  /** Of the period that a change of the interval begins; nothing where the present one goes on. */
  next: Due;
  /** By which that period is priced; null where the present one goes on. */
  terms: Terms | null;
}

const NOTHING: Due = { net: 0n, tax: 0n };

const less = (due: Due, { taken, takenTax }: ServiceSubscriptionRow): Due => ({
  net: due.net - taken,
  tax: due.tax - takenTax,
});

/** Fields of the row that say what is paid for, and how dear. */
type Choice = Pick<ServiceSubscriptionRow, "itemId" | "itemOrganisationId" | "version" | "unitPrice" | "quantity">;

/** The period goes on under another price: what was used of it so far stays as it was. */
const within = (row: ServiceSubscriptionRow, choice: Choice, from: Date): ServiceSubscriptionRow => {
  const changed = { ...row, ...choice, used: usedUntil(row, from), pricedFrom: from };
  const due = dueOf(changed);
  return { ...changed, taken: due.net, takenTax: due.tax };
};

const itemOf = async (tx: Tx, itemId: string): Promise<CatalogueItemRow> => {
  const item = (await itemsById(tx, [itemId])).get(itemId);
  if (!item) throw new NotFoundFault("catalogueItem", itemId);
  return item;
};

const requireChange = (row: ServiceSubscriptionRow, itemId: string, quantity: number): void => {
  if (itemId === row.itemId && quantity === row.quantity) {
    throw new ConflictFault("This is what the service subscription is already.", row.id);
  }
};

/** @throws ConflictFault unless its present period is paid and another one is to come. */
const requireChangeable = (row: ServiceSubscriptionRow): void => {
  requireLive(row);
  if (row.state === "PAST_DUE")
    throw new ConflictFault("Its renewal is not paid yet: top up the wallet first.", row.id);
  if (row.cancelAtPeriodEnd) throw new ConflictFault("It is cancelled: resume it first.", row.id);
};

/**
 * What a change of a subscription comes to: what is left of the period at the new price against what was paid for it, to the
 * minute. A change of the quantity keeps the version of the running period; another service counts as it is on sale now. With
 * another interval a period begins.
 */
export const planChange = async (
  tx: Tx,
  row: ServiceSubscriptionRow,
  wish: ChangeWish,
  at: Date,
): Promise<PlannedChange> => {
  requireChangeable(row);
  const itemId = wish.itemId?.toLowerCase() ?? row.itemId;
  const quantity = requireQuantity(wish.quantity ?? row.quantity, "quantity");
  requireChange(row, itemId, quantity);
  const old = await itemOf(tx, row.itemId);
  const from = minuteOf(row, at);
  if (itemId === row.itemId) {
    if (old.state === "RETIRED" && quantity > row.quantity) {
      throw InvalidInputFault.of("quantity", "RETIRED", `${old.name} is not on sale any more: take no more of it.`);
    }
    const { itemOrganisationId, version, unitPrice } = row;
    const after = within(row, { itemId, itemOrganisationId, version, unitPrice, quantity }, from);
    const present = less({ net: after.taken, tax: after.takenTax }, row);
    return { before: row, after, items: { before: old, after: old }, present, next: NOTHING, terms: null };
  }
  const item = await serviceOnSale(tx, row.organisationId, itemId, quantity, row.currency);
  const { id, organisationId: itemOrganisationId, version, price: unitPrice, interval } = item;
  const choice = { itemId: id, itemOrganisationId, version, unitPrice, quantity };
  const items = { before: old, after: item };
  if (interval === row.interval) {
    const after = within(row, choice, from);
    const present = less({ net: after.taken, tax: after.takenTax }, row);
    return { before: row, after, items, present, next: NOTHING, terms: null };
  }
  const terms = await termsAt(tx, row.organisationId, row.currency, at);
  const end = endOfPeriod(from, interval);
  const fresh = { ...row, ...choice, interval, ...freshPeriod(from, end), ...frozen(terms), dueAt: end };
  const next = dueOf(fresh);
  const after = { ...fresh, taken: next.net, takenTax: next.tax };
  return { before: row, after, items, present: less(dueUntil(row, from), row), next, terms };
};

/** What of the running period is given back, and what is paid for the one that begins: each with a document of its own kind. */
const settleBoth = async (tx: Tx, purse: Purse, plan: PlannedChange, terms: Terms, at: Date): Promise<void> => {
  const { before, after, items, present, next } = plan;
  requireFunds(purse, present.net + present.tax + next.net + next.tax);
  const shared = { kind: "CHANGE" as const, rate: terms.tax, eventAt: at };
  const left = `${wordsFor(items.before.name, before.quantity)}, the rest of the period given back`;
  await charge(tx, purse, before, { ...present, ...shared, isWhole: false, description: left, lines: [] }, at);
  const description = `${wordsFor(items.after.name, after.quantity)}, a period from now on`;
  const lines = linesOfPeriod(items.after, after, terms, null);
  await charge(tx, purse, after, { ...next, ...shared, isWhole: true, description, lines }, at);
};

/** The difference in one, whichever way it goes. */
const settleDifference = async (tx: Tx, purse: Purse, plan: PlannedChange, at: Date): Promise<void> => {
  const { before, after, items, present, next } = plan;
  const [from, to] = [wordsFor(items.before.name, before.quantity), wordsFor(items.after.name, after.quantity)];
  const { tax: rate } = await termsAt(tx, after.organisationId, after.currency, after.currentPeriodStart);
  const due = { net: present.net + next.net, tax: present.tax + next.tax };
  const words = { description: `${from} changed to ${to}`, lines: invoiceLines(linesOfChange(plan, at)) };
  await charge(tx, purse, after, { ...due, ...words, kind: "CHANGE", isWhole: false, rate, eventAt: at }, at);
};

/**
 * Changes a service subscription to another service or quantity, and takes or gives back the difference. Between what is
 * charged by the hour and what has documents of its own nothing is set off: each stands where it belongs.
 * @returns its id; the same again for the same key and input.
 * @throws InsufficientFundsFault (nothing was moved), NotFoundFault, ForbiddenFault, ConflictFault, InvalidInputFault.
 */
export const changeSubscription = (tx: Tx, wish: ChangeWish, key: string, at: Date): Promise<string> =>
  onceFor(
    tx,
    { organisationId: wish.serviceSubscriptionId, key, operation: "changeSubscription", input: wish },
    at,
    async () => {
      const subscriptionId = requireId("serviceSubscription", wish.serviceSubscriptionId);
      // One change after the other, so that none finds invoices that another one has just made; and invoices before the
      // wallet, as whoever pays one does.
      await tx.db
        .select({ id: serviceSubscription.id })
        .from(serviceSubscription)
        .where(eq(serviceSubscription.id, subscriptionId))
        .for("update");
      await lockInvoicesOf(tx, subscriptionId, at);
      const row = await lockSubscription(tx, subscriptionId, at);
      const plan = await planChange(tx, row, wish, at);
      const { after, terms } = plan;
      const purse = await openPurse(tx, row.walletId);
      const { id, ...values } = after;
      await tx.db.update(serviceSubscription).set(values).where(eq(serviceSubscription.id, id));
      const isMixed = isOnMonthsInvoice(row) !== isOnMonthsInvoice(after);
      if (terms && isMixed) await settleBoth(tx, purse, plan, terms, at);
      else await settleDifference(tx, purse, plan, at);
      await recordChange(tx, row, after);
      return id;
    },
  );
