import {
  type Connection,
  type Currency,
  connectionOf,
  containing,
  decodeCursor,
  InvalidInputFault,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import { encode } from "@tollgate/kit/protocol";
import { and, desc, eq, gte, inArray, lt, lte, type SQL, sql } from "drizzle-orm";
import { type EntryKind, type EntryRow, entry, type PostingRow, posting } from "../ledger/ledger.schema.js";

/** Characters of a description that one may look for. */
const LONGEST_SEARCH = 200;

interface Amount {
  minorUnits: bigint;
  currency: Currency;
}

export interface TransactionFilter {
  kind?: readonly EntryKind[] | null;
  /** Half-open, by when it happened. */
  period?: { from: Date; to: Date } | null;
  minimum?: Amount | null;
  maximum?: Amount | null;
  /** Part of the description, without regard to case. */
  search?: string | null;
}

/** A page of one wallet's transactions; keys with the same page and filter are read together. */
export interface TransactionsKey {
  walletId: string;
  page: PageArguments;
  filter: TransactionFilter;
}

/**
 * What moved the money that is available, so that the balances of the list follow one another: setting money aside and
 * giving it back do. Taking what was set aside does not, for it left when it was set aside.
 */
const TOUCHES = eq(posting.account, "WALLET");

const isAbove = (minimum: Amount | null | undefined, maximum: Amount | null | undefined): boolean =>
  Boolean(minimum && maximum && minimum.currency === maximum.currency && minimum.minorUnits > maximum.minorUnits);

/** @throws InvalidInputFault for a filter that nothing can pass, or a search text without end. */
export const requireFilter = ({ period, minimum, maximum, search }: TransactionFilter): void => {
  if (period && period.from >= period.to) {
    throw InvalidInputFault.of("filter.period", "OUT_OF_RANGE", "A period must end after it begins.");
  }
  if (isAbove(minimum, maximum)) {
    throw InvalidInputFault.of("filter.maximum", "OUT_OF_RANGE", "The largest amount is not below the smallest.");
  }
  if (search && search.length > LONGEST_SEARCH) {
    throw InvalidInputFault.of("filter.search", "TOO_LONG", `Look for at most ${LONGEST_SEARCH} characters.`);
  }
};

const conditionsOf = (filter: TransactionFilter): (SQL | undefined)[] => {
  requireFilter(filter);
  const { kind, period, minimum, maximum, search } = filter;
  return [
    kind ? inArray(entry.kind, [...kind]) : undefined,
    period ? and(gte(entry.eventAt, period.from), lt(entry.eventAt, period.to)) : undefined,
    minimum ? and(eq(posting.currency, minimum.currency), gte(posting.amount, minimum.minorUnits)) : undefined,
    maximum ? and(eq(posting.currency, maximum.currency), lte(posting.amount, maximum.minorUnits)) : undefined,
    search ? sql`${entry.description} ilike ${containing(search)}` : undefined,
  ];
};

/**
 * Positions only ever count up: a page begins where the one before it ended, whatever was written since.
 * @throws InvalidInputFault for a cursor of another list.
 */
const positionOf = (after: string | null | undefined): bigint | null => {
  const [position] = decodeCursor(after, 1) ?? [];
  if (position === undefined) return null;
  if (typeof position === "string" && /^\d{1,18}$/.test(position)) return BigInt(position);
  throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this list.");
};

/** One page of each of several wallets, newest first, in one statement. */
const pageOfEach = async (tx: Tx, walletIds: readonly string[], page: PageArguments, filter: TransactionFilter) => {
  const before = positionOf(page.after);
  const older = before === null ? undefined : lt(posting.position, before);
  const inWallet = sql`${posting.walletId} = w.id`;
  const newest = tx.db
    .select({ id: posting.id })
    .from(posting)
    .innerJoin(entry, eq(entry.id, posting.entryId))
    .where(and(inWallet, TOUCHES, older, ...conditionsOf(filter)))
    .orderBy(sql`${posting.position} desc`)
    .limit(pageSize(page) + 1);
  const wanted = sql`${posting.id} in (
    select p.id from unnest(${sql.param([...walletIds])}::uuid[]) w(id) cross join lateral ${newest} p)`;
  return await tx.db.select().from(posting).where(wanted).orderBy(sql`${posting.position} desc`);
};

/**
 * Transactions of several wallets: movements of what is available, its balance after each being that of the posting; one
 * statement for each different page and filter among the keys.
 */
export const transactionsOf = async (
  tx: Tx,
  keys: readonly TransactionsKey[],
): Promise<Map<TransactionsKey, Connection<PostingRow>>> => {
  const found = new Map<TransactionsKey, Connection<PostingRow>>();
  for (const alike of Map.groupBy(keys, ({ page, filter }) => encode([page, filter])).values()) {
    const [{ page, filter } = { page: {}, filter: {} }] = alike;
    const rows = await pageOfEach(tx, [...new Set(alike.map(({ walletId }) => walletId))], page, filter);
    const byWallet = Map.groupBy(rows, (row) => row.walletId);
    for (const key of alike) {
      found.set(
        key,
        connectionOf(byWallet.get(key.walletId) ?? [], page, (row) => [row.position.toString()]),
      );
    }
  }
  return found;
};

/** A transaction as it is written into a file. */
export interface Transaction {
  entry: EntryRow;
  posting: PostingRow;
}

/**
 * Transactions of one wallet, newest first, from below a position on.
 * @param limit at most so many.
 */
export const transactionsBelow = async (
  tx: Tx,
  walletId: string,
  filter: TransactionFilter,
  below: bigint | null,
  limit: number,
): Promise<Transaction[]> => {
  const older = below === null ? undefined : lt(posting.position, below);
  return await tx.db
    .select({ entry, posting })
    .from(posting)
    .innerJoin(entry, eq(entry.id, posting.entryId))
    .where(and(eq(posting.walletId, walletId), TOUCHES, older, ...conditionsOf(filter)))
    .orderBy(desc(posting.position))
    .limit(limit);
};
