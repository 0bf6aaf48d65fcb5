import {
  type Connection,
  connectionOf,
  inBranch,
  inScope,
  organisationInScope,
  type PageArguments,
  pageSize,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import { type Provider, type TopUpRow, type TopUpState, topUp } from "./topup.schema.js";

export const topUpsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, TopUpRow>> => {
  const rows = await tx.db
    .select()
    .from(topUp)
    .where(inArray(topUp.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
};

export interface TopUpFilter {
  organisationId?: string | null;
  walletId?: string | null;
  state?: readonly TopUpState[] | null;
  provider?: readonly Provider[] | null;
  period?: { from: Date; to: Date } | null;
}

/** Top-ups of the estate, newest first. */
export const listTopUps = async (tx: Tx, page: PageArguments, filter: TopUpFilter): Promise<Connection<TopUpRow>> => {
  const { organisationId, walletId, state, provider, period } = filter;
  if (organisationId) requireId("organisation", organisationId);
  if (walletId) requireId("wallet", walletId);
  if (organisationId) await organisationInScope(tx, organisationId);
  const after = timeCursor(page.after);
  const rows = await tx.db
    .select()
    .from(topUp)
    .where(
      and(
        inScope(tx, topUp.organisationId),
        organisationId ? inBranch(topUp.organisationId, organisationId) : undefined,
        walletId ? eq(topUp.walletId, walletId) : undefined,
        state ? inArray(topUp.state, [...state]) : undefined,
        provider ? inArray(topUp.provider, [...provider]) : undefined,
        period ? and(gte(topUp.createdAt, period.from), lt(topUp.createdAt, period.to)) : undefined,
        after ? sql`(${topUp.createdAt}, ${topUp.id}) < (${after.at}::timestamptz, ${after.id}::uuid)` : undefined,
      ),
    )
    .orderBy(desc(topUp.createdAt), desc(topUp.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.createdAt.toISOString(), row.id]);
};
