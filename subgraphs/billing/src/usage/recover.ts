import { type Database, readSetting, type Tx } from "@tollgate/kit";
import { eq, inArray, or, sql } from "drizzle-orm";
import { collectInvoices } from "../invoices/paying.js";
import { availableOf, owedOf, ownMoneyOf } from "../ledger/balances.js";
import { payDebts } from "../ledger/debts.js";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { add, fraction, lesser, multiply, rounded } from "../prices/fraction.js";
import { standingOf } from "./charge.js";
import { needsOf, refill } from "./reserves.js";
import { resume, reviewRunway } from "./standing.js";

const NOTHING = fraction(0n, 1n);
/**
 * Hours of everything that must be there beside the reserves: before what was stopped resumes those of any start, and one
 * for what still runs.
 */
const hoursToResume = async (tx: Tx, state: "STOPPED" | "OUT_OF_FUNDS", organisationId: string): Promise<bigint> =>
  state === "OUT_OF_FUNDS" ? 1n : BigInt(await readSetting(tx, "billing.powerOnHours", organisationId));

const afterPaying = (row: WalletRow, paid: bigint, onInvoices: bigint): WalletRow => {
  const { posted, receivable, invoiced } = row;
  const next = { ...row, posted: posted - paid, receivable: receivable + paid, invoiced: invoiced - onInvoices };
  return { ...next, available: availableOf(next) };
};

/**
 * What is owed is paid before anything else, with money that is there: credit pays no debt. Then what is due of who pays
 * first. @returns null where that was too little.
 */
const settleDebt = async (tx: Tx, row: WalletRow, at: Date): Promise<WalletRow | null> => {
  const paid = lesser(owedOf(row), ownMoneyOf(row));
  if (paid > 0n) await payDebts(tx, row, paid, at);
  const next = afterPaying(row, paid, 0n);
  if (owedOf(next) > 0n) return null;
  if (next.invoiced === 0n) return next;
  const collected = await collectInvoices(tx, row.id, ownMoneyOf(next), at);
  return collected.isAnyDue ? null : afterPaying(next, collected.paid, collected.paid);
};

/**
 * After money came in: debts are collected, reserves filled again, and where that leaves enough the wallet is itself
 * again and what was stopped resumes. Doing it again changes nothing.
 */
export const recover = async (tx: Tx, walletId: string, at: Date): Promise<void> => {
  await tx.sql`select id from lock_reserves(${walletId})`;
  await tx.sql`select id from lock_wallet(${walletId})`;
  const [found] = await tx.db.select().from(wallet).where(eq(wallet.id, walletId));
  if (!found || found.state === "CLOSED") return;
  const row = await settleDebt(tx, found, at);
  if (!row) return;
  const standing = standingOf(row);
  const needs = await needsOf(tx, standing, at);
  const rate = needs.reduce((sum, need) => add(sum, need.rate), NOTHING);
  const { state } = standing;
  if (state !== "STOPPED" && state !== "OUT_OF_FUNDS") {
    await reviewRunway(tx, standing, rate, at);
    return;
  }
  const missing = needs.reduce((sum, need) => sum + need.missing, 0n);
  const hours = await hoursToResume(tx, state, standing.organisationId);
  const further = rounded(multiply(rate, fraction(hours, 1n)));
  if (standing.available < missing + further) return;
  await refill(tx, standing, needs, at);
  await resume(tx, { ...standing, available: standing.available - missing }, rate, at);
};

/**
 * The same for every wallet that has something to recover from, whatever the money came by. One failure stops no other.
 * @returns the failures, by wallet.
 */
export const recoverAll = async (database: Database, at: Date): Promise<Map<string, unknown>> => {
  const failures = new Map<string, unknown>();
  const rows = await database.system("recover-wallets", (tx) =>
    tx.db
      .select({ id: wallet.id })
      .from(wallet)
      .where(
        or(
          inArray(wallet.state, ["LOW", "OUT_OF_FUNDS", "STOPPED"]),
          sql`${wallet.receivable} + ${wallet.invoiced} < 0`,
          sql`${wallet.invoiced} > 0 and ${wallet.creditLimit} = 0`,
        ),
      ),
  );
  for (const { id } of rows) {
    await database
      .system("recover-wallets", (tx) => recover(tx, id, at))
      .catch((error: unknown) => failures.set(id, error));
  }
  return failures;
};
