import {
  ConflictFault,
  type Currency,
  organisationInScope,
  readSetting,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { asc, eq, inArray } from "drizzle-orm";
import { type PricedLine, priceItems, type WantedLine } from "../catalogue/pricing.js";
import { requireProducts } from "../orders/items.js";
import type { BillingInterval } from "../prices/breakdown.js";
import { completeConfig, sizeOf, type VmConfig, type VmConfigGiven } from "../prices/config.js";
import { estimate } from "../prices/estimate.js";
import { type QuotedPrice, type QuoteRow, quote, quoteLine } from "./quote.schema.js";
import { lockQuote, onceFor, personOf, recordQuote } from "./quotes.js";

const DAY = 86_400_000;

/** Exactly one of a machine and items. */
export interface NewQuote {
  organisationId: string;
  vm: VmConfigGiven | null;
  items: readonly WantedLine[] | null;
  interval: BillingInterval;
  currency: Currency | null;
  idempotencyKey: string;
}

/** What is quoted, read. */
interface Wanted extends Pick<QuoteRow, "organisationId" | "vm" | "interval"> {
  items: readonly WantedLine[];
  currency: Currency | null;
}

/** A price with the lines that it is for; a machine has none. */
interface Priced {
  price: QuotedPrice;
  lines: readonly PricedLine[];
}

const priceNow = async (tx: Tx, wanted: Wanted, at: Date): Promise<Priced> => {
  const { organisationId, vm, items, interval, currency } = wanted;
  if (vm) return { price: await estimate(tx, organisationId, sizeOf(vm), interval, currency, at), lines: [] };
  const priced = await priceItems(tx, organisationId, items, currency, at);
  requireProducts(priced);
  return priced;
};

const writeLines = async (tx: Tx, { id, organisationId }: QuoteRow, lines: readonly PricedLine[]): Promise<void> => {
  if (lines.length === 0) return;
  await tx.db.insert(quoteLine).values(
    lines.map(({ item, quantity, amount }, position) => ({
      organisationId,
      quoteId: id,
      position,
      itemOrganisationId: item.organisationId,
      itemId: item.id,
      version: item.version,
      quantity,
      unitPrice: item.price,
      amount,
    })),
  );
};

const listed = (lines: readonly PricedLine[]) =>
  lines.map(({ item, quantity }) => ({ id: item.id, version: item.version, quantity }));

/**
 * A draft with the price of now.
 * @returns its id; the same again for the same key and input.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault, ConflictFault.
 */
export const createQuote = (tx: Tx, wanted: NewQuote, at: Date): Promise<string> => {
  const { organisationId, interval, currency, idempotencyKey: key, vm: given, items } = wanted;
  requireId("organisation", organisationId);
  const input = { organisationId, interval, currency, vm: given, ...(items && { items }) };
  return onceFor(tx, { organisationId, key, operation: "createQuote", input }, at, async () => {
    requireActive(await organisationInScope(tx, organisationId));
    const vm: VmConfig | null = given && completeConfig(given, "vm");
    const { price, lines } = await priceNow(tx, { organisationId, vm, items: items ?? [], interval, currency }, at);
    const values = { organisationId, state: "DRAFT" as const, vm, interval, price, createdAt: at };
    const [row] = await tx.db
      .insert(quote)
      .values({ ...values, currency: price.currency, createdBy: personOf(tx) })
      .returning();
    if (!row) throw new Error("insert gave no row");
    await writeLines(tx, row, lines);
    const what = vm ? { vm } : { items: listed(lines) };
    await recordQuote(tx, "quote:create", row, { number: row.number, ...what, total: price.total });
    return row.id;
  });
};

/**
 * Freezes the price of now for some days. @returns the quote's id.
 * @throws ConflictFault unless it is a draft; NotFoundFault, InvalidInputFault for items that are not on sale any more.
 */
export const issueQuote = (tx: Tx, id: string, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: id, key, operation: "issueQuote", input: { id } }, at, async () => {
    const row = await lockQuote(tx, id);
    requireActive(await organisationInScope(tx, row.organisationId));
    if (row.state !== "DRAFT") throw new ConflictFault("Only a draft can be issued.", row.id);
    const items = (await linesOfQuotes(tx, [row.id])).get(row.id) ?? [];
    const { price, lines } = await priceNow(tx, { ...row, items }, at);
    const daysValid = await readSetting(tx, "billing.quoteDays", row.organisationId);
    const expiresAt = new Date(at.getTime() + daysValid * DAY);
    await tx.db.delete(quoteLine).where(eq(quoteLine.quoteId, row.id));
    await writeLines(tx, row, lines);
    await tx.db.update(quote).set({ state: "ISSUED", price, expiresAt }).where(eq(quote.id, row.id));
    const before = { state: row.state, total: row.price.total };
    await recordQuote(tx, "quote:create", row, { state: "ISSUED", expiresAt, total: price.total }, before);
    return row.id;
  });

/** Lines by quote, in their order; none of quotes for machines. */
export const linesOfQuotes = async (tx: Tx, quoteIds: readonly string[]) => {
  const rows = await tx.db
    .select()
    .from(quoteLine)
    .where(inArray(quoteLine.quoteId, [...quoteIds]))
    .orderBy(asc(quoteLine.quoteId), asc(quoteLine.position));
  return Map.groupBy(rows, ({ quoteId }) => quoteId);
};
