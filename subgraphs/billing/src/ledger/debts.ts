import { audit, InvalidInputFault, NotFoundFault, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { owedOf } from "./balances.js";
import { postEntry } from "./ledger.js";
import { type EntryKind, type WalletRow, wallet } from "./ledger.schema.js";

/** How a line that settles a debt is called, by what the debt arose from. */
const SETTLED: Partial<Record<EntryKind, string>> = {
  CHARGEBACK: "Debt of a chargeback",
  REFUND: "Debt of a refund",
  USAGE: "Use that was owed",
  SERVICE: "Service that was owed",
  ADJUSTMENT: "Use on credit that was owed",
};

/** What a wallet owes beside its invoices, and what of it is still open. */
export interface Debt {
  wallet_id: string;
  /** That it arose with. */
  entry_id: string;
  kind: EntryKind;
  /** Minor units that are still owed of it. */
  open: bigint;
}

/**
 * Debts of wallets that stand on no invoice, the oldest first: what was paid so far paid for those before them. One
 * statement for all of them; none where nobody owes anything.
 */
export const openDebts = async (
  tx: Tx,
  wallets: readonly Pick<WalletRow, "id" | "receivable" | "invoiced">[],
): Promise<Debt[]> => {
  const owing = wallets.filter((row) => owedOf(row) > 0n);
  if (owing.length === 0) return [];
  return tx.sql<Debt[]>`
    with debt as (
      select w.id as wallet_id, w.owed, e.id as entry_id, e.kind, p.position, -p.amount as amount,
          sum(-p.amount) over (partition by w.id order by p.position desc) as with_newer
        from unnest(${owing.map(({ id }) => id)}::uuid[], ${owing.map((row) => owedOf(row).toString())}::bigint[]) w(id, owed)
        join posting p on p.wallet_id = w.id and p.account = 'RECEIVABLE' and not p.on_invoice and p.amount < 0
        join entry e on e.id = p.entry_id and e.organisation_id = p.entry_organisation_id)
    select wallet_id, entry_id, kind, least(amount, owed - (with_newer - amount))::bigint as open from debt
     where with_newer - amount < owed order by wallet_id, position`;
};

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** What is paid of each kind of debt when this much is paid, the oldest debts first. */
const sharesOf = (debts: readonly Debt[], amount: bigint): Map<EntryKind, bigint> => {
  const shares = new Map<EntryKind, bigint>();
  let left = amount;
  for (const { kind, open } of debts) {
    const paid = least(open, left);
    left -= paid;
    if (paid > 0n) shares.set(kind, (shares.get(kind) ?? 0n) + paid);
  }
  return shares;
};

/** Pays debts from the wallet, which is locked: an entry for each kind of debt, named after it. */
export const payDebts = async (
  tx: Tx,
  { id: walletId, organisationId, ...balances }: WalletRow,
  amount: bigint,
  at: Date,
): Promise<void> => {
  const shares = sharesOf(await openDebts(tx, [{ id: walletId, ...balances }]), amount);
  for (const [kind, share] of shares) {
    const legs = [
      { walletId, account: "WALLET" as const, amount: -share },
      { walletId, account: "RECEIVABLE" as const, amount: share },
    ];
    await postEntry(tx, { organisationId, kind, description: SETTLED[kind] ?? "Debt", eventAt: at, legs });
  }
};

export interface WrittenOff {
  walletId: string;
  /** Minor units of the wallet's currency, at most what it owes beside open invoices. */
  amount: bigint;
  reason: string;
  at: Date;
}

/**
 * Gives up a debt that nobody will pay. Debt on an invoice is taken back by a credit note instead.
 * @returns the entry.
 * @throws NotFoundFault; InvalidInputFault for more than is owed; ForbiddenFault for a closed wallet.
 */
export const writeOffDebt = async (tx: Tx, { walletId, amount, reason, at }: WrittenOff): Promise<string> => {
  await tx.sql`select id from lock_wallet(${walletId})`;
  const [row] = await tx.db.select().from(wallet).where(eq(wallet.id, walletId));
  if (!row) throw new NotFoundFault("wallet", walletId);
  const owed = owedOf(row);
  if (amount < 1n || amount > owed) {
    throw InvalidInputFault.of("amount", "OUT_OF_RANGE", "At most what is owed can be written off.");
  }
  const { organisationId } = row;
  const legs = [
    { walletId, account: "RECEIVABLE" as const, amount },
    { walletId, account: "WRITE_OFF" as const, amount: -amount },
  ];
  const description = `Written off: ${reason}`;
  const entryId = await postEntry(tx, { organisationId, kind: "WRITE_OFF", description, eventAt: at, legs });
  await audit(tx, "billing", {
    action: "wallet:adjust",
    resource: "wallet",
    resourceId: walletId,
    organisationId,
    before: { owed },
    after: { writtenOff: amount, currency: row.currency, reason, entryId },
  });
  return entryId;
};
