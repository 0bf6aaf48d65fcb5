import { type DownloadsPlace, type DownloadTable, decimalText, TableDownloads, tableFiles } from "@tollgate/kit";
import { walletById } from "../wallet/wallets.js";
import { requireFilter, type Transaction, type TransactionFilter, transactionsBelow } from "./transactions.js";

/** Amounts are decimals of the currency, as bookkeeping programs read them. */
const rowOf = ({ entry, posting }: Transaction) => {
  const { id, currency, amount, balanceAfter } = posting;
  const decimal = (minorUnits: bigint): string => decimalText({ minorUnits, currency });
  const { eventAt, recordedAt, kind, description, reasonKind, reasonId, id: entryId } = entry;
  return {
    ...{ id, eventAt, recordedAt, kind, description, amount: decimal(amount), balanceAfter: decimal(balanceAfter) },
    ...{ currency, entryId, reasonKind, reasonId },
  };
};

interface Wish {
  walletId: string;
  filter: TransactionFilter;
}

type Row = ReturnType<typeof rowOf>;

const TRANSACTIONS: DownloadTable<Wish, Transaction, Row> = {
  path: "/files/transactions",
  name: "transactions",
  purpose: "downloads of transactions",
  permission: "wallet:read",
  files: tableFiles<Row>([
    "id",
    "eventAt",
    "recordedAt",
    "kind",
    "description",
    "amount",
    "balanceAfter",
    "currency",
    "entryId",
    "reasonKind",
    "reasonId",
  ]),
  check: async (tx, { walletId, filter }) => {
    requireFilter(filter);
    await walletById(tx, walletId);
  },
  record: async (tx, { walletId }) => {
    const { organisationId } = await walletById(tx, walletId);
    return { resource: "transactions", resourceId: walletId, organisationId };
  },
  next: (tx, { walletId, filter }, after, size) =>
    transactionsBelow(tx, walletId, filter, after?.posting.position ?? null, size),
  rowOf,
};

/** Transactions of a wallet as a file. */
export const transactionDownloads = (place: DownloadsPlace) => new TableDownloads(TRANSACTIONS, place);

export type TransactionDownloads = ReturnType<typeof transactionDownloads>;
