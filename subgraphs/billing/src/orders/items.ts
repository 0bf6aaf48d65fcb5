import {
  audit,
  ConflictFault,
  type Currency,
  InvalidInputFault,
  newEventId,
  organisationInScope,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { asc, eq, inArray } from "drizzle-orm";
import { catalogueItem } from "../catalogue/catalogue.schema.js";
import { type PricedItems, priceItems, type WantedLine } from "../catalogue/pricing.js";
import { issueForCharge } from "../invoices/charges.js";
import { postEntry, walletFor } from "../ledger/ledger.js";
import { organisationAbove } from "../organisations.js";
import { spread } from "../prices/calculation.js";
import { fraction } from "../prices/fraction.js";
import { type QuoteRow, quote, quoteLine } from "../quotes/quote.schema.js";
import { lockQuote, onceFor, personOf, requireIssued } from "../quotes/quotes.js";
import { openPurse, requireFunds } from "../services/charging.js";
import { invoiceLines } from "../services/lines.js";
import { saleLegs } from "../services/sale-legs.js";
import { type OrderLineRow, orderLine } from "./items.schema.js";
import { type OrderRow, order } from "./order.schema.js";

export interface NewItemsOrder {
  organisationId: string;
  items: readonly WantedLine[];
  currency: Currency | null;
  idempotencyKey: string;
}

/** @throws InvalidInputFault for services, which are subscribed to. */
export const requireProducts = ({ lines }: Pick<PricedItems, "lines">): void => {
  const index = lines.findIndex(({ item }) => item.kind === "SERVICE");
  const service = lines[index];
  if (!service) return;
  throw InvalidInputFault.of(
    `items.${index}.itemId`,
    "IS_SERVICE",
    `${service.item.name} is a service: subscribe to it instead.`,
  );
};

/**
 * Orders products and pays for them from the wallet, all in one transaction: the order is complete at once.
 * @returns its id; the same again for the same key and input.
 * @throws InsufficientFundsFault (nothing was moved), NotFoundFault, ForbiddenFault, InvalidInputFault, ConflictFault.
 */
export const orderItems = (tx: Tx, wish: NewItemsOrder, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  return onceFor(tx, { organisationId: wish.organisationId, key, operation: "orderItems", input }, at, async () => {
    const organisationId = requireId("organisation", wish.organisationId);
    requireActive(await organisationInScope(tx, organisationId));
    const priced = await priceItems(tx, organisationId, wish.items, wish.currency, at);
    requireProducts(priced);
    const row = await pay(tx, organisationId, priced, at);
    await audit(tx, "billing", {
      action: "order:place",
      resource: "order",
      resourceId: row.id,
      organisationId,
      after: {
        number: row.number,
        total: row.total,
        items: priced.lines.map(({ item, quantity }) => ({ id: item.id, version: item.version, quantity })),
      },
    });
    return row.id;
  });
};

/**
 * The same at the price that a quote keeps, whatever its items cost by now; the quote is accepted.
 * @throws QuoteExpiredFault, ConflictFault for a quote that cannot be ordered from or an item that is not on sale any more,
 *   and as `orderItems`.
 */
export const orderQuotedItems = (tx: Tx, quoteId: string, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: quoteId, key, operation: "orderItems", input: { quoteId } }, at, async () => {
    const quoted = await lockQuote(tx, quoteId);
    const { organisationId } = quoted;
    requireIssued(quoted, at);
    requireActive(await organisationInScope(tx, organisationId));
    if (quoted.vm) throw new ConflictFault("This quote is for a machine: order that.", quoted.id);
    const row = await pay(tx, organisationId, await quotedItems(tx, quoted), at, quoted.id);
    await tx.db.update(quote).set({ state: "ACCEPTED" }).where(eq(quote.id, quoted.id));
    await audit(tx, "billing", {
      action: "order:place",
      resource: "order",
      resourceId: row.id,
      organisationId,
      after: { number: row.number, quote: quoted.number, total: row.total },
    });
    return row.id;
  });

/** What a quote is for, at its prices. */
const quotedItems = async (tx: Tx, { id, currency, price }: QuoteRow): Promise<PricedItems> => {
  const lines = await tx.db
    .select({ line: quoteLine, item: catalogueItem })
    .from(quoteLine)
    .innerJoin(catalogueItem, eq(catalogueItem.id, quoteLine.itemId))
    .where(eq(quoteLine.quoteId, id))
    .orderBy(asc(quoteLine.position));
  const retired = lines.find(({ item }) => item.state === "RETIRED");
  if (retired) throw new ConflictFault(`${retired.item.name} is not on sale any more.`, id);
  return {
    currency,
    price: { ...price, subtotal: price.subtotal ?? price.total, tax: price.tax ?? 0n },
    lines: lines.map(({ line: { version, unitPrice, quantity, amount }, item }) => {
      return { item: { ...item, version, price: unitPrice }, quantity, amount };
    }),
  };
};

/** What each line brought: its part of the subtotal, to the cent. */
const netsOf = (lines: readonly { amount: bigint }[], subtotal: bigint): bigint[] => {
  const total = lines.reduce((sum, { amount }) => sum + amount, 0n);
  return total === 0n ? [] : spread(lines.map(({ amount }) => fraction(amount * subtotal, total)));
};

/** The order with its lines and its money. */
const pay = async (
  tx: Tx,
  organisationId: string,
  { lines, currency, price }: PricedItems,
  at: Date,
  quoteId: string | null = null,
): Promise<OrderRow> => {
  const walletId = await walletFor(tx, organisationId, currency);
  const purse = await openPurse(tx, walletId);
  requireFunds(purse, price.total);
  const id = newEventId();
  const ends = { state: "COMPLETED" as const, placedAt: at, endedAt: at, placedBy: personOf(tx) };
  const parties = { organisationId, sellerId: organisationAbove(organisationId) };
  const [row] = await tx.db
    .insert(order)
    .values({ ...ends, ...parties, id, walletId, quoteId, kind: "ITEMS", currency, total: price.total })
    .returning();
  if (!row) throw new Error("insert gave no row");
  const nets = netsOf(lines, price.subtotal);
  await tx.db.insert(orderLine).values(
    lines.map(({ item, quantity, amount }, position) => ({
      organisationId,
      orderId: id,
      position,
      itemOrganisationId: item.organisationId,
      itemId: item.id,
      version: item.version,
      quantity,
      unitPrice: item.price,
      amount,
      net: nets[position] ?? 0n,
    })),
  );
  const legs = saleLegs(walletId, { net: price.subtotal, tax: price.tax });
  const description = `Order ${row.number}`;
  const reason = { kind: "ORDER" as const, id };
  if (legs.length === 0) return row;
  const entryId = await postEntry(tx, { organisationId, kind: "SERVICE", description, eventAt: at, reason, legs });
  const document = { organisationId, walletId, currency, period: { from: at, to: at }, entryId, orderId: id };
  const rate = price.lines.find(({ kind }) => kind === "TAX")?.explanation?.tax;
  const tax = rate ? { amount: price.tax, rate } : null;
  await issueForCharge(tx, { ...document, lines: invoiceLines(price), tax }, at);
  return row;
};

/** Lines by order, in their order; none of orders of machines. */
export const linesOfOrders = async (tx: Tx, orderIds: readonly string[]): Promise<Map<string, OrderLineRow[]>> => {
  const rows = await tx.db
    .select()
    .from(orderLine)
    .where(inArray(orderLine.orderId, [...orderIds]))
    .orderBy(asc(orderLine.orderId), asc(orderLine.position));
  return Map.groupBy(rows, ({ orderId }) => orderId);
};
