import { ConflictFault, type Database, formatMoney, type Tx } from "@tollgate/kit";
import { and, asc, eq, isNull, lte } from "drizzle-orm";
import { availableOf } from "../ledger/balances.js";
import { type Leg, postEntry, walletFor } from "../ledger/ledger.js";
import { type WalletRow, wallet } from "../ledger/ledger.schema.js";
import { chargeWithin } from "../usage/charge.js";
import { recover } from "../usage/recover.js";
import { hourOf } from "../usage/runs.js";
import { type BillingModeRow, billingMode } from "./mode.schema.js";

/** Organisations asked for at once. */
const BATCH = 200;

/** Of one organisation, locked in the order in which whoever charges and pays locks them. */
const lockWallets = async (tx: Tx, organisationId: string): Promise<WalletRow[]> => {
  await tx.sql`select id from lock_reserves_of(${organisationId})`;
  await tx.sql`select id from lock_wallets_of(${organisationId})`;
  const own = eq(wallet.organisationId, organisationId);
  return await tx.db.select().from(wallet).where(own).orderBy(asc(wallet.id));
};

const limitOf = ({ currency, creditLimit }: BillingModeRow, row: WalletRow): bigint =>
  currency === row.currency ? creditLimit : 0n;

/** What was used on credit that is no longer given is owed from now on, and collected from whatever comes in. */
const turnIntoDebt = async (tx: Tx, { id: walletId, organisationId, posted, held }: WalletRow, at: Date) => {
  const amount = held - posted;
  const legs: Leg[] = [
    { walletId, account: "WALLET", amount },
    { walletId, account: "RECEIVABLE", amount: -amount },
  ];
  const description = "Used on credit that has ended";
  await postEntry(tx, { organisationId, kind: "ADJUSTMENT", description, eventAt: at, legs });
};

const applyTo = async (tx: Tx, row: WalletRow, limit: bigint, at: Date): Promise<void> => {
  if (row.state === "CLOSED") return;
  if (availableOf({ ...row, creditLimit: limit }) < 0n) await turnIntoDebt(tx, row, at);
  await tx.sql`select set_credit_limit(${row.id}, ${limit.toString()})`;
  await recover(tx, row.id, at);
};

/** Decisions that have begun and that the wallets have not taken over yet, the one that counts first. */
const begun = (tx: Tx, organisationId: string, at: Date): Promise<BillingModeRow[]> =>
  tx.db
    .select()
    .from(billingMode)
    .where(
      and(
        eq(billingMode.organisationId, organisationId),
        isNull(billingMode.appliedAt),
        lte(billingMode.effectiveFrom, at),
      ),
    )
    .orderBy(billingMode.effectiveFrom, billingMode.id)
    .then((rows) => rows.reverse());

/**
 * Use of the hours before a decision counts is charged while the one before it still does, however late: else it would be
 * on credit and on no invoice, or the other way round. Before any wallet is locked, as charging begins with the meter.
 */
export const chargeBefore = (tx: Tx, { organisationId, effectiveFrom }: BillingModeRow): Promise<void> =>
  chargeWithin(tx, [organisationId], hourOf(effectiveFrom));

/**
 * The organisation's wallets take over what was decided and has begun: their credit limits, and the debt that credit no
 * longer covers. Doing it again changes nothing.
 */
export const applyBillingMode = async (tx: Tx, organisationId: string, at: Date): Promise<void> => {
  const [wanted] = await begun(tx, organisationId, at);
  if (!wanted) return;
  await chargeBefore(tx, wanted);
  if (wanted.currency) await walletFor(tx, organisationId, wanted.currency);
  const wallets = await lockWallets(tx, organisationId);
  // Somebody else may have applied it while the wallets were waited for.
  const [counts] = await begun(tx, organisationId, at);
  if (!counts) return;
  for (const row of wallets) await applyTo(tx, row, limitOf(counts, row), at);
  const open = and(
    eq(billingMode.organisationId, organisationId),
    isNull(billingMode.appliedAt),
    lte(billingMode.effectiveFrom, at),
  );
  await tx.db.update(billingMode).set({ appliedAt: at }).where(open);
};

/**
 * A limit that begins at once must cover what is used already: the wallets are locked until the transaction ends.
 * @throws ConflictFault, with how low it may be.
 */
export const requireCovered = async (tx: Tx, wanted: BillingModeRow): Promise<void> => {
  if (wanted.mode === "PREPAID") return;
  for (const row of await lockWallets(tx, wanted.organisationId)) {
    const limit = limitOf(wanted, row);
    if (row.state === "CLOSED" || availableOf({ ...row, creditLimit: limit }) >= 0n) continue;
    const { currency } = row;
    const used = formatMoney({ minorUnits: row.held - row.posted - row.receivable, currency });
    throw new ConflictFault(
      `${used} are used on credit already; a limit of ${formatMoney({ minorUnits: limit, currency })} would not cover them.`,
      row.id,
    );
  }
};

/** Applies every decision whose time has come. One organisation's failure stops no other. @returns the failures. */
export const applyBillingModes = async (database: Database, at: Date): Promise<Map<string, unknown>> => {
  const failures = new Map<string, unknown>();
  for (;;) {
    const due = await database.system("apply-billing-modes", (tx) =>
      tx.db
        .selectDistinct({ organisationId: billingMode.organisationId })
        .from(billingMode)
        .where(and(isNull(billingMode.appliedAt), lte(billingMode.effectiveFrom, at)))
        .orderBy(asc(billingMode.organisationId))
        .limit(BATCH + failures.size),
    );
    const open = due.filter(({ organisationId }) => !failures.has(organisationId));
    if (open.length === 0) return failures;
    for (const { organisationId } of open) {
      await database
        .system("apply-billing-modes", (tx) => applyBillingMode(tx, organisationId, at))
        .catch((error: unknown) => failures.set(organisationId, error));
    }
  }
};
