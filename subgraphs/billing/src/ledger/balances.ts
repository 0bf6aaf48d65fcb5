import type { WalletRow } from "./ledger.schema.js";

type Balances = Pick<WalletRow, "posted" | "held" | "creditLimit" | "receivable" | "invoiced">;

const notBelowZero = (amount: bigint): bigint => (amount > 0n ? amount : 0n);

/** What can be spent, minor units: the sum that the wallet's own column is made by. */
export const availableOf = ({ posted, held, creditLimit, receivable }: Omit<Balances, "invoiced">): bigint =>
  posted - held + notBelowZero(creditLimit + receivable);

/** Money that was paid and is not set aside: without credit, which nobody can be given back. */
export const ownMoneyOf = ({ posted, held }: Pick<Balances, "posted" | "held">): bigint => notBelowZero(posted - held);

/** Debt that stands on no invoice: collected first from whatever comes in. */
export const owedOf = ({ receivable, invoiced }: Pick<Balances, "receivable" | "invoiced">): bigint =>
  -receivable - invoiced;

/**
 * What a wallet gives of an amount that is taken from it whether it is there or not, minor units; the rest is owed. Money
 * that is its own, never credit. Below zero where the debt leaves too little credit for what was used on it: all of that
 * becomes a debt as well.
 */
export const partFromWallet = (row: Omit<Balances, "invoiced">, amount: bigint): bigint => {
  const own = row.posted - row.held;
  if (own >= 0n) return own < amount ? own : amount;
  return availableOf({ ...row, receivable: row.receivable - amount }) >= 0n ? 0n : own;
};
