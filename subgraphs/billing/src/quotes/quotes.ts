import {
  audit,
  type Claim,
  ConflictFault,
  type Connection,
  type Currency,
  connectionOf,
  inBranch,
  inScope,
  isId,
  NotFoundFault,
  once,
  organisationInScope,
  type PageArguments,
  pageSize,
  readSetting,
  reasonOf,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, gt, gte, inArray, lt, lte, or, type SQL, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import { QuoteExpiredFault } from "../orders/order.problems.js";
import type { BillingInterval } from "../prices/breakdown.js";
import { completeConfig, sizeOf, type VmConfigGiven } from "../prices/config.js";
import { estimate } from "../prices/estimate.js";
import { type QuoteRow, quote } from "./quote.schema.js";

export type QuoteState = "DRAFT" | "ISSUED" | "ACCEPTED" | "REJECTED" | "EXPIRED";

const DAY = 86_400_000;

/** As it counts at a moment. */
export const quoteStateAt = ({ state, expiresAt }: QuoteRow, at: Date): QuoteState =>
  state === "ISSUED" && expiresAt !== null && expiresAt <= at ? "EXPIRED" : state;

export interface NewQuote {
  organisationId: string;
  vm: VmConfigGiven;
  interval: BillingInterval;
  currency: Currency | null;
  idempotencyKey: string;
}

/** The caller, where it is a person. */
export const personOf = (tx: Tx): string | null => (tx.caller.kind === "USER" ? tx.caller.userId : null);

/** Does a mutation once per key of the organisation that the caller acts for. @returns the id that `work` gave the first time. */
export const onceFor = async (tx: Tx, claim: Claim, at: Date, work: () => Promise<string>): Promise<string> => {
  const { id } = await once(tx, claim, at, async () => ({ id: await work() }));
  return id;
};

/**
 * A draft with the price of now.
 * @returns its id; the same again for the same key and input.
 * @throws NotFoundFault, ForbiddenFault, InvalidInputFault, ConflictFault.
 */
export const createQuote = (tx: Tx, wanted: NewQuote, at: Date): Promise<string> => {
  const { organisationId, interval, currency, idempotencyKey: key, vm: given } = wanted;
  requireId("organisation", organisationId);
  const input = { organisationId, interval, currency, vm: given };
  return onceFor(tx, { organisationId, key, operation: "createQuote", input }, at, async () => {
    requireActive(await organisationInScope(tx, organisationId));
    const vm = completeConfig(given, "vm");
    const price = await estimate(tx, organisationId, sizeOf(vm), interval, currency, at);
    const values = { organisationId, state: "DRAFT" as const, vm, interval, price, createdAt: at };
    const [row] = await tx.db
      .insert(quote)
      .values({ ...values, currency: price.currency, createdBy: personOf(tx) })
      .returning();
    if (!row) throw new Error("insert gave no row");
    await recordQuote(tx, "quote:create", row, { number: row.number, vm, total: price.total });
    return row.id;
  });
};

const recordQuote = (tx: Tx, action: string, row: QuoteRow, after: unknown, before?: unknown) => {
  const { id: resourceId, organisationId } = row;
  return audit(tx, "billing", { action, resource: "quote", resourceId, organisationId, before, after });
};

/** The quote, locked until the transaction ends. @throws NotFoundFault outside of the estate. */
export const lockQuote = async (tx: Tx, id: string): Promise<QuoteRow> => {
  requireId("quote", id);
  const [row] = await tx.db.select().from(quote).where(eq(quote.id, id)).for("update");
  if (!row) throw new NotFoundFault("quote", id);
  return row;
};

/** @throws ConflictFault, QuoteExpiredFault for one that cannot be ordered from. */
export const requireIssued = (row: QuoteRow, at: Date): void => {
  const state = quoteStateAt(row, at);
  if (state === "EXPIRED" && row.expiresAt) throw new QuoteExpiredFault(row.expiresAt);
  if (state === "DRAFT") throw new ConflictFault("Issue this quote first.", row.id);
  if (state !== "ISSUED") throw new ConflictFault(`This quote is ${state.toLowerCase()} already.`, row.id);
};

/**
 * Freezes the price of now for some days. @returns the quote's id.
 * @throws ConflictFault unless it is a draft.
 */
export const issueQuote = (tx: Tx, id: string, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: id, key, operation: "issueQuote", input: { id } }, at, async () => {
    const row = await lockQuote(tx, id);
    requireActive(await organisationInScope(tx, row.organisationId));
    if (row.state !== "DRAFT") throw new ConflictFault("Only a draft can be issued.", row.id);
    if (!row.vm) throw new Error("a quote without a machine");
    const price = await estimate(tx, row.organisationId, sizeOf(row.vm), row.interval, row.currency, at);
    const daysValid = await readSetting(tx, "billing.quoteDays", row.organisationId);
    const expiresAt = new Date(at.getTime() + daysValid * DAY);
    await tx.db.update(quote).set({ state: "ISSUED", price, expiresAt }).where(eq(quote.id, row.id));
    const before = { state: row.state, total: row.price.total };
    await recordQuote(tx, "quote:create", row, { state: "ISSUED", expiresAt, total: price.total }, before);
    return row.id;
  });

/**
 * By whoever may place orders of the organisation: its own people or those above it. @returns the quote's id.
 * @throws ConflictFault for one that was decided already, QuoteExpiredFault for one whose time is over,
 * InvalidInputFault for a reason that is too long.
 */
export const rejectQuote = (tx: Tx, id: string, reason: string | null, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: id, key, operation: "rejectQuote", input: { id, reason } }, at, async () => {
    const row = await lockQuote(tx, id);
    requireActive(await organisationInScope(tx, row.organisationId));
    const state = quoteStateAt(row, at);
    if (state === "ACCEPTED" || state === "REJECTED") {
      throw new ConflictFault(`This quote is ${state.toLowerCase()} already.`, row.id);
    }
    if (state === "EXPIRED" && row.expiresAt) throw new QuoteExpiredFault(row.expiresAt);
    const rejectionReason = reason === null || reason.trim() === "" ? null : reasonOf(reason);
    await tx.db.update(quote).set({ state: "REJECTED", rejectionReason }).where(eq(quote.id, row.id));
    await recordQuote(tx, "order:place", row, { state: "REJECTED", reason: rejectionReason }, { state });
    return row.id;
  });

/** By id; those outside of the estate are left out. */
export const quotesById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, QuoteRow>> => {
  const wanted = [...new Set(ids.filter(isId))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.db.select().from(quote).where(inArray(quote.id, wanted));
  return new Map(rows.map((row) => [row.id, row]));
};

export interface QuoteFilter {
  organisationId?: string | null;
  state?: readonly QuoteState[] | null;
  period?: { from: Date; to: Date } | null;
}

const stateCondition = (state: QuoteState, at: Date): SQL | undefined => {
  if (state === "EXPIRED") return and(eq(quote.state, "ISSUED"), lte(quote.expiresAt, at));
  if (state === "ISSUED") return and(eq(quote.state, "ISSUED"), gt(quote.expiresAt, at));
  return eq(quote.state, state);
};

/** Quotes of the estate, the newest first. */
export const listQuotes = async (
  tx: Tx,
  page: PageArguments,
  filter: QuoteFilter,
  at: Date,
): Promise<Connection<QuoteRow>> => {
  const { organisationId, state, period } = filter;
  if (organisationId) {
    requireId("organisation", organisationId);
    await organisationInScope(tx, organisationId);
  }
  const after = timeCursor(page.after);
  const position = after && sql`(${quote.createdAt}, ${quote.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  const rows = await tx.db
    .select()
    .from(quote)
    .where(
      and(
        inScope(tx, quote.organisationId),
        organisationId ? inBranch(quote.organisationId, organisationId) : undefined,
        state
          ? or(...state.map((one) => stateCondition(one, at)), state.length === 0 ? sql`false` : undefined)
          : undefined,
        period ? and(gte(quote.createdAt, period.from), lt(quote.createdAt, period.to)) : undefined,
        position ?? undefined,
      ),
    )
    .orderBy(desc(quote.createdAt), desc(quote.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.createdAt.toISOString(), row.id]);
};
