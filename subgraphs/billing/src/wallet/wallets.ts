import {
  type Connection,
  type Currency,
  connectionOf,
  decodeCursor,
  inBranch,
  inScope,
  NotFoundFault,
  organisationInScope,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import { and, asc, count, eq, inArray, sql } from "drizzle-orm";
import { MAIN_CURRENCY } from "../currency.js";
import {
  type EntryRow,
  entry,
  type PostingRow,
  posting,
  type WalletRow,
  type WalletState,
  wallet,
} from "../ledger/ledger.schema.js";

const byId = <Row extends { id: string }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

/** @throws NotFoundFault for a wallet outside the estate. */
export const walletById = async (tx: Tx, id: string): Promise<WalletRow> => {
  const [row] = await tx.db.select().from(wallet).where(eq(wallet.id, id));
  if (!row) throw new NotFoundFault("wallet", id);
  return row;
};

export const walletsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, WalletRow>> =>
  byId(
    await tx.db
      .select()
      .from(wallet)
      .where(inArray(wallet.id, [...ids])),
  );

/** Wallets by organisation; the main currency first. */
export const walletsOf = async (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, WalletRow[]>> => {
  const rows = await tx.db
    .select()
    .from(wallet)
    .where(inArray(wallet.organisationId, [...organisationIds]))
    .orderBy(sql`${wallet.currency} <> ${MAIN_CURRENCY}`, asc(wallet.currency));
  return Map.groupBy(rows, (row) => row.organisationId);
};

export interface WalletFilter {
  organisationId?: string | null;
  state?: readonly WalletState[] | null;
  currency?: Currency | null;
}

/** Wallets of the estate, those with the least available first. */
export const listWallets = async (
  tx: Tx,
  page: PageArguments,
  filter: WalletFilter,
): Promise<Connection<WalletRow>> => {
  const { organisationId, state, currency } = filter;
  if (organisationId) await organisationInScope(tx, organisationId);
  const after = decodeCursor(page.after, 2);
  const wanted = and(
    inScope(tx, wallet.organisationId),
    organisationId ? inBranch(wallet.organisationId, organisationId) : undefined,
    state ? inArray(wallet.state, [...state]) : undefined,
    currency ? eq(wallet.currency, currency) : undefined,
  );
  const further = after
    ? sql`(${wallet.available}, ${wallet.id}) > (${after[0]}::bigint, ${after[1]}::uuid)`
    : undefined;
  const rows = await tx.db
    .select()
    .from(wallet)
    .where(and(wanted, further))
    .orderBy(asc(wallet.available), asc(wallet.id))
    .limit(pageSize(page) + 1);
  const total = async () => (await tx.db.select({ total: count() }).from(wallet).where(wanted))[0]?.total ?? 0;
  return connectionOf(rows, page, (row) => [row.available.toString(), row.id], total);
};

export const entriesById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, EntryRow>> =>
  byId(
    await tx.db
      .select()
      .from(entry)
      .where(inArray(entry.id, [...ids])),
  );

/** Postings by entry, in the order they were written; those that the caller's estate may see. */
export const postingsOf = async (tx: Tx, entryIds: readonly string[]): Promise<Map<string, PostingRow[]>> => {
  const rows = await tx.db
    .select()
    .from(posting)
    .where(inArray(posting.entryId, [...entryIds]))
    .orderBy(asc(posting.walletId), asc(posting.position));
  return Map.groupBy(rows, (row) => row.entryId);
};
