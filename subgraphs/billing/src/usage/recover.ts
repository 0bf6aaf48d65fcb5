import { type Database, readSetting, readSettingOfEach, type Tx } from "@tollgate/kit";
import { eq, inArray, or, sql } from "drizzle-orm";
import { collectInvoices } from "../invoices/paying.js";
import { availableOf, owedOf, ownMoneyOf } from "../ledger/balances.js";
import { payDebts } from "../ledger/debts.js";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { add, type Fraction, fraction, lesser, multiply, rounded } from "../prices/fraction.js";
import { type Need, needsOf, needsOfEach, refill } from "./reserves.js";
import { isReviewed, resume, reviewRunway, type Standing, standingOf } from "./standing.js";

const NOTHING = fraction(0n, 1n);

const rateOf = (needs: readonly Need[]): Fraction => needs.reduce((sum, { rate }) => add(sum, rate), NOTHING);

const missingOf = (needs: readonly Need[]): bigint => needs.reduce((sum, { missing }) => sum + missing, 0n);

/**
 * What must be there before machines go on: what their reserves lack, and some hours of everything, which are those of any
 * start where all was stopped, and one for what still runs.
 */
const neededToResume = ({ state }: Standing, needs: readonly Need[], powerOnHours: number): bigint => {
  const hours = state === "OUT_OF_FUNDS" ? 1n : BigInt(powerOnHours);
  return missingOf(needs) + rounded(multiply(rateOf(needs), fraction(hours, 1n)));
};

const isOut = ({ state }: Standing): boolean => state === "STOPPED" || state === "OUT_OF_FUNDS";

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
  const rate = rateOf(needs);
  if (!isOut(standing)) {
    await reviewRunway(tx, standing, rate, at);
    return;
  }
  const powerOnHours = await readSetting(tx, "billing.powerOnHours", standing.organisationId);
  if (standing.available < neededToResume(standing, needs, powerOnHours)) return;
  await refill(tx, standing, needs, at);
  await resume(tx, { ...standing, available: standing.available - missingOf(needs) }, rate, at);
};

/** Whether anything would come of recovering this wallet, as far as it can be seen without locking it. */
const wouldChange = (row: WalletRow, needs: readonly Need[], powerOnHours: number): boolean => {
  if (owedOf(row) > 0n) return ownMoneyOf(row) > 0n;
  if (row.invoiced > 0n) return true;
  const standing = standingOf(row);
  if (isOut(standing)) return standing.available >= neededToResume(standing, needs, powerOnHours);
  return !isReviewed(standing, rateOf(needs));
};

/** Wallets that have something to recover from, and that would. A constant number of statements. */
const dueToRecover = async (tx: Tx, at: Date): Promise<string[]> => {
  const rows = await tx.db
    .select()
    .from(wallet)
    .where(
      or(
        inArray(wallet.state, ["LOW", "OUT_OF_FUNDS", "STOPPED"]),
        sql`${wallet.receivable} + ${wallet.invoiced} < 0`,
        sql`${wallet.invoiced} > 0 and ${wallet.creditLimit} = 0`,
      ),
    )
    .orderBy(wallet.id);
  const needs = await needsOfEach(tx, rows.map(standingOf), at);
  const owners = rows.map(({ organisationId }) => organisationId);
  const hours = await readSettingOfEach(tx, "billing.powerOnHours", owners);
  return rows
    .filter((row) => wouldChange(row, needs.get(row.id) ?? [], hours.get(row.organisationId) ?? 0))
    .map(({ id }) => id);
};

/**
 * The same for every wallet that has something to recover from, whatever the money came by. One failure stops no other.
 * @returns the failures, by wallet.
 */
export const recoverAll = async (database: Database, at: Date): Promise<Map<string, unknown>> => {
  const failures = new Map<string, unknown>();
  const ids = await database.system("recover-wallets", (tx) => dueToRecover(tx, at));
  for (const id of ids) {
    await database
      .system("recover-wallets", (tx) => recover(tx, id, at))
      .catch((error: unknown) => failures.set(id, error));
  }
  return failures;
};
