import {
  ConflictFault,
  type Currency,
  explainConstraint,
  ForbiddenFault,
  InvalidInputFault,
  type Money,
  newEventId,
  organisationInScope,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, eq, inArray, isNotNull, lt } from "drizzle-orm";
import { codeOf } from "../offers/redeeming.js";
import type { ProviderDirectory } from "../providers/directory.js";
import type { TakenCurrency } from "../providers/provider.js";
import { providerUnits } from "../providers/units.js";
import { onceFor, personOf } from "../quotes/quotes.js";
import { walletById } from "../wallet/wallets.js";
import { promiseBonus, releaseBonus } from "./bonus.js";
import { limitsOf } from "./limits.js";
import { AmountLimitFault, ProviderFault } from "./topup.problems.js";
import { type Provider, proof, type TopUpState, topUp } from "./topup.schema.js";
import { lockTopUp, record, requireState, tell, writeTopUp } from "./writing.js";

const DAY = 86_400_000;
const OPEN: readonly TopUpState[] = ["INITIALISED", "PENDING"];
/** Proof of a transfer that was made in time may come late. */
const TAKES_PROOF: readonly TopUpState[] = [...OPEN, "EXPIRED"];

export interface NewTopUp {
  walletId: string;
  amount: Money;
  provider: Provider;
  couponCode?: string | null;
  /** Of this Tollgate; a provider's browser comes back there. */
  returnUrl?: string | null;
  /** That is paid by it as soon as it is credited, as far as it is due then. */
  invoiceId?: string | null;
  idempotencyKey: string;
}

/** @throws ForbiddenFault where no money may come any more. */
const requireWalletOpen = (state: string): void => {
  if (state === "CLOSED") throw new ForbiddenFault("This organisation is closed.", "ORGANISATION_CLOSED");
};

/** How a wallet of this currency can be paid into by a provider; null: by manual transfer. */
const takenBy = async (
  tx: Tx,
  provider: Provider,
  currency: Currency,
  providers: ProviderDirectory,
): Promise<TakenCurrency | null> => {
  if (provider === "MANUAL") return null;
  const taken = await providers.taken(tx, provider, currency);
  if (!taken) throw new ProviderFault(provider, "This way of paying is not set up; choose another one.");
  return taken;
};

const checkAmount = async (
  tx: Tx,
  organisationId: string,
  amount: Money,
  walletCurrency: Currency,
  taken: TakenCurrency | null,
): Promise<void> => {
  const { minorUnits, currency } = amount;
  if (currency !== walletCurrency) {
    throw InvalidInputFault.of("amount.currency", "OTHER_CURRENCY", `This wallet keeps ${walletCurrency}.`);
  }
  const limits = await limitsOf(tx, organisationId, currency, taken);
  if (minorUnits < limits.minimum || minorUnits > limits.maximum) throw new AmountLimitFault(limits, currency);
  if (taken) providerUnits(amount, taken.exponent); // refuses what the provider cannot say
};

/**
 * Starts a payment: by transfer the payer knows from here on what to quote; a provider is asked afterwards. Nothing is
 * credited yet.
 * @returns its id; the same again for the same key and input.
 * @throws NotFoundFault, AmountLimitFault, CouponFault, ProviderFault, ForbiddenFault, ConflictFault.
 */
export const startTopUp = (tx: Tx, wanted: NewTopUp, providers: ProviderDirectory, at: Date): Promise<string> => {
  const { walletId, amount, provider, couponCode = null, returnUrl = null, invoiceId = null } = wanted;
  const { idempotencyKey: key } = wanted;
  requireId("wallet", walletId);
  const rest = { ...(returnUrl === null ? {} : { returnUrl }), ...(invoiceId === null ? {} : { invoiceId }) };
  const input = { walletId, amount, provider, couponCode, ...rest };
  return onceFor(tx, { organisationId: walletId, key, operation: "startTopUp", input }, at, async () => {
    const { organisationId, currency } = await walletById(tx, walletId);
    const payment = { id: newEventId(), organisationId, amount: amount.minorUnits, currency: amount.currency };
    const bonus = couponCode === null ? 0n : await promiseBonus(tx, payment, couponCode, at);
    // Locked, so that a wallet is not closed in between.
    await tx.sql`select id from lock_wallet(${walletId})`;
    const { state: walletState } = await walletById(tx, walletId);
    const { status } = await organisationInScope(tx, organisationId);
    requireWalletOpen(status === "CLOSED" ? status : walletState);
    await checkAmount(tx, organisationId, amount, currency, await takenBy(tx, provider, currency, providers));
    const state = provider === "MANUAL" ? ("PENDING" as const) : ("INITIALISED" as const);
    const expiresAt = new Date(at.getTime() + DAY);
    const coupon = { couponCode: couponCode === null ? null : codeOf(couponCode), bonus };
    const [row] = await tx.db
      .insert(topUp)
      .values({
        ...payment,
        ...coupon,
        walletId,
        provider,
        state,
        returnUrl,
        invoiceId,
        expiresAt,
        startedBy: personOf(tx),
        createdAt: at,
      })
      .returning();
    if (!row) throw new Error("insert gave no row");
    await record(tx, "wallet:topUp", row, { reference: row.reference, amount, provider, ...coupon });
    return row.id;
  });
};

/**
 * The payer wants to go on with a payment that waits for the provider. @returns its id.
 * @throws ConflictFault once it has ended; InvalidInputFault for a manual transfer, which is paid at the bank.
 */
export const resumeTopUp = (
  tx: Tx,
  { topUpId, returnUrl, idempotencyKey: key }: { topUpId: string; returnUrl: string | null; idempotencyKey: string },
  at: Date,
): Promise<string> =>
  onceFor(tx, { organisationId: topUpId, key, operation: "payTopUp", input: { topUpId, returnUrl } }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    requireState(row, OPEN);
    if (row.provider === "MANUAL") {
      throw InvalidInputFault.of("topUpId", "MANUAL", "A manual transfer is paid at the bank.");
    }
    if (returnUrl !== null) await writeTopUp(tx, row.id, { returnUrl });
    await record(tx, "wallet:topUp", row, { resumed: true });
    return row.id;
  });

export interface Proven {
  topUpId: string;
  bankReference: string;
  uploadId: string;
  idempotencyKey: string;
}

/** Locks it as well, so that it is not cleared away as abandoned at this moment. */
const isUploaded = async (tx: Tx, uploadId: string, topUpId: string): Promise<boolean> => {
  const rows = await tx.db
    .select({ id: proof.id })
    .from(proof)
    .where(and(eq(proof.id, uploadId), eq(proof.topUpId, topUpId), isNotNull(proof.content)))
    .for("update");
  return rows.length > 0;
};

const BANK_REFERENCE = /^[A-Z0-9][A-Z0-9 ./-]{2,62}[A-Z0-9]$/;

/**
 * The payer's proof of a transfer: somebody above decides now. @returns the top-up's id.
 * @throws InvalidInputFault for an upload that has not come; ConflictFault for a bank reference used before.
 */
export const submitProof = (tx: Tx, proven: Proven, at: Date): Promise<string> => {
  const { topUpId, uploadId, idempotencyKey: key } = proven;
  const bankReference = proven.bankReference.trim().toUpperCase().replaceAll(/\s+/g, " ");
  const input = { topUpId, bankReference, uploadId };
  return onceFor(tx, { organisationId: topUpId, key, operation: "submitTopUpProof", input }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    requireState(row, TAKES_PROOF);
    if (row.provider !== "MANUAL") throw new ConflictFault("The provider proves this payment by itself.", row.id);
    requireWalletOpen((await walletById(tx, row.walletId)).state);
    if (!BANK_REFERENCE.test(bankReference)) {
      throw InvalidInputFault.of("bankReference", "MALFORMED", "A bank reference has 4 to 64 letters and digits.");
    }
    requireId("upload", uploadId);
    if (!(await isUploaded(tx, uploadId, row.id))) {
      throw InvalidInputFault.of("uploadId", "NOT_UPLOADED", "Upload the proof first.");
    }
    const next = await writeTopUp(tx, row.id, { state: "AWAITING_APPROVAL", bankReference, proofId: uploadId });
    await record(tx, "wallet:topUp", next, { state: next.state, bankReference });
    await tell(tx, next, "AWAITING_APPROVAL", at);
    return next.id;
  });
};

/** The payer thinks better of it. @returns the top-up's id. @throws ConflictFault once a proof was handed in. */
export const cancelTopUp = (tx: Tx, topUpId: string, key: string, at: Date) =>
  onceFor(tx, { organisationId: topUpId, key, operation: "cancelTopUp", input: { topUpId } }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    requireState(row, OPEN);
    const next = await writeTopUp(tx, row.id, { state: "CANCELLED", settledAt: at, step: null });
    await record(tx, "wallet:topUp", next, { state: next.state });
    await releaseBonus(tx, next, at);
    return next.id;
  });

/** That somebody has a provider asked. @returns the top-up's id. @throws NotFoundFault outside of the estate. */
export const noteReconciling = (tx: Tx, topUpId: string, key: string, at: Date): Promise<string> =>
  onceFor(tx, { organisationId: topUpId, key, operation: "reconcileTopUp", input: { topUpId } }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    await record(tx, "topUp:approve", row, { reconciling: true });
    return row.id;
  });

/** Ended in one transaction. */
const MOST_EXPIRED = 500;

/** Ends those that nobody paid in time. @returns how many; there may be more than one call ends. */
export const expireTopUps = async (tx: Tx, at: Date): Promise<number> => {
  const overdue = and(inArray(topUp.state, [...OPEN]), lt(topUp.expiresAt, at));
  const due = tx.db
    .select({ id: topUp.id })
    .from(topUp)
    .where(overdue)
    .orderBy(topUp.expiresAt, topUp.id)
    .limit(MOST_EXPIRED)
    .for("update", { skipLocked: true });
  const ended = await tx.db
    .update(topUp)
    .set({ state: "EXPIRED", settledAt: at, step: null })
    .where(inArray(topUp.id, due))
    .returning();
  for (const row of ended) {
    await releaseBonus(tx, row, at);
    await tell(tx, row, "EXPIRED", at);
  }
  return ended.length;
};

explainConstraint(
  "top_up_bank_reference_key",
  () => new ConflictFault("A top-up with this bank reference was handed in before."),
);
