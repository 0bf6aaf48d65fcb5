import {
  audit,
  type Claim,
  ConflictFault,
  type Connection,
  connectionOf,
  inBranch,
  inScope,
  isId,
  NotFoundFault,
  once,
  organisationInScope,
  type PageArguments,
  pageSize,
  reasonOf,
  requireActive,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, asc, desc, eq, gt, gte, inArray, lt, lte, or, type SQL, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import { QuoteExpiredFault } from "../orders/order.problems.js";
import { type QuoteRow, quote } from "./quote.schema.js";

export type QuoteState = "DRAFT" | "ISSUED" | "ACCEPTED" | "REJECTED" | "EXPIRED";

/** As it counts at a moment. */
export const quoteStateAt = ({ state, expiresAt }: QuoteRow, at: Date): QuoteState =>
  state === "ISSUED" && expiresAt !== null && expiresAt <= at ? "EXPIRED" : state;

/** The caller, where it is a person. */
export const personOf = ({ caller }: Pick<Tx, "caller">): string | null =>
  caller.kind === "USER" ? caller.userId : null;

/** Does a mutation once per key of the organisation that the caller acts for. @returns the id that `work` gave the first time. */
export const onceFor = async (tx: Tx, claim: Claim, at: Date, work: () => Promise<string>): Promise<string> => {
  const { id } = await once(tx, claim, at, async () => ({ id: await work() }));
  return id;
};

/** The change of a quote in the audit trail. */
export const recordQuote = (tx: Tx, action: string, row: QuoteRow, after: unknown, before?: unknown) => {
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

/** The same for several, by id; those outside of the estate are left out. Locked in the order of their ids. */
export const lockQuotes = async (tx: Tx, ids: readonly string[]): Promise<Map<string, QuoteRow>> => {
  const wanted = [...new Set(ids.filter(isId))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.db.select().from(quote).where(inArray(quote.id, wanted)).orderBy(asc(quote.id)).for("update");
  return new Map(rows.map((row) => [row.id, row]));
};

/** @throws ConflictFault, QuoteExpiredFault for one that cannot be ordered from. */
export const requireIssued = (row: QuoteRow, at: Date): void => {
  const state = quoteStateAt(row, at);
  if (state === "EXPIRED" && row.expiresAt) throw new QuoteExpiredFault(row.expiresAt);
  if (state === "DRAFT") throw new ConflictFault("Issue this quote first.", row.id);
  if (state !== "ISSUED") throw new ConflictFault(`This quote is ${state.toLowerCase()} already.`, row.id);
};

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
