import {
  announce,
  audit,
  ConflictFault,
  type Currency,
  explainConstraint,
  ForbiddenFault,
  formatMoney,
  InvalidInputFault,
  type Money,
  NotFoundFault,
  organisationInScope,
  requireId,
  requireUser,
  type Tx,
} from "@tollgate/kit";
import { and, eq, inArray, isNotNull, lt } from "drizzle-orm";
import { type Leg, postEntry } from "../ledger/ledger.js";
import { onceFor, personOf } from "../quotes/quotes.js";
import { recover } from "../usage/recover.js";
import { walletById } from "../wallet/wallets.js";
import { manualLimits } from "./limits.js";
import { AmountLimitFault, CouponFault, ProviderFault } from "./topup.problems.js";
import { type Provider, proof, type TopUpRow, type TopUpState, topUp } from "./topup.schema.js";

const DAY = 86_400_000;
const OPEN: readonly TopUpState[] = ["INITIALISED", "PENDING"];
/** Proof of a transfer that was made in time may come late. */
const TAKES_PROOF: readonly TopUpState[] = [...OPEN, "EXPIRED"];

export interface NewTopUp {
  walletId: string;
  amount: Money;
  provider: Provider;
  couponCode?: string | null;
  idempotencyKey: string;
}

const record = (tx: Tx, action: string, row: TopUpRow, after: unknown) =>
  audit(tx, "billing", { action, resource: "topUp", resourceId: row.id, organisationId: row.organisationId, after });

const tell = (tx: Tx, row: TopUpRow, state: "AWAITING_APPROVAL" | "SUCCEEDED" | "REJECTED", at: Date) => {
  const { id: topUpId, walletId, organisationId, startedBy, decisionReason: reason } = row;
  const amount = formatMoney({ minorUnits: row.amount, currency: row.currency });
  const payload = { topUpId, walletId, organisationId, state, amount, startedBy, reason, at };
  return announce(tx, "topUp.changed", { aggregateId: topUpId, organisationId, payload });
};

/** @throws ForbiddenFault where no money may come any more. */
const requireWalletOpen = (state: string): void => {
  if (state === "CLOSED") throw new ForbiddenFault("This organisation is closed.", "ORGANISATION_CLOSED");
};

const checkAmount = async (
  tx: Tx,
  organisationId: string,
  { minorUnits, currency }: Money,
  walletCurrency: Currency,
): Promise<void> => {
  if (currency !== walletCurrency) {
    throw InvalidInputFault.of("amount.currency", "OTHER_CURRENCY", `This wallet keeps ${walletCurrency}.`);
  }
  const limits = await manualLimits(tx, organisationId, currency);
  if (minorUnits < limits.minimum || minorUnits > limits.maximum) throw new AmountLimitFault(limits, currency);
};

/**
 * Starts a payment by manual transfer: from here on the payer knows what to quote. Nothing is credited yet.
 * @returns its id; the same again for the same key and input.
 * @throws NotFoundFault, AmountLimitFault, CouponFault, ProviderFault, ForbiddenFault, ConflictFault.
 */
export const startTopUp = (tx: Tx, wanted: NewTopUp, at: Date): Promise<string> => {
  const { walletId, amount, provider, couponCode = null, idempotencyKey: key } = wanted;
  requireId("wallet", walletId);
  const input = { walletId, amount, provider, couponCode };
  return onceFor(tx, { organisationId: walletId, key, operation: "startTopUp", input }, at, async () => {
    // Locked, so that a wallet is not closed in between.
    await tx.sql`select id from lock_wallet(${walletId})`;
    const { organisationId, currency, state } = await walletById(tx, walletId);
    const { status } = await organisationInScope(tx, organisationId);
    requireWalletOpen(status === "CLOSED" ? status : state);
    await checkAmount(tx, organisationId, amount, currency);
    if (couponCode !== null) throw new CouponFault(couponCode);
    if (provider !== "MANUAL") throw new ProviderFault(provider);
    const expiresAt = new Date(at.getTime() + DAY);
    const values = { organisationId, walletId, currency, amount: amount.minorUnits, provider, expiresAt };
    const [row] = await tx.db
      .insert(topUp)
      .values({ ...values, state: "PENDING", startedBy: personOf(tx), createdAt: at })
      .returning();
    if (!row) throw new Error("insert gave no row");
    await record(tx, "wallet:topUp", row, { reference: row.reference, amount });
    return row.id;
  });
};

/** The top-up, locked until the transaction ends. @throws NotFoundFault outside of the estate. */
export const lockTopUp = async (tx: Tx, id: string): Promise<TopUpRow> => {
  requireId("top-up", id);
  const [row] = await tx.db.select().from(topUp).where(eq(topUp.id, id)).for("update");
  if (!row) throw new NotFoundFault("top-up", id);
  return row;
};

const change = async (tx: Tx, id: string, values: Partial<TopUpRow>): Promise<TopUpRow> => {
  const [row] = await tx.db.update(topUp).set(values).where(eq(topUp.id, id)).returning();
  if (!row) throw new Error("a locked top-up is gone");
  return row;
};

const requireState = (row: TopUpRow, states: readonly TopUpState[]): void => {
  if (!states.includes(row.state)) {
    throw new ConflictFault(`This top-up is ${row.state.toLowerCase().replaceAll("_", " ")} already.`, row.id);
  }
};

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
    requireWalletOpen((await walletById(tx, row.walletId)).state);
    if (!BANK_REFERENCE.test(bankReference)) {
      throw InvalidInputFault.of("bankReference", "MALFORMED", "A bank reference has 4 to 64 letters and digits.");
    }
    requireId("upload", uploadId);
    if (!(await isUploaded(tx, uploadId, row.id))) {
      throw InvalidInputFault.of("uploadId", "NOT_UPLOADED", "Upload the proof first.");
    }
    const next = await change(tx, row.id, { state: "AWAITING_APPROVAL", bankReference, proofId: uploadId });
    await record(tx, "wallet:topUp", next, { state: next.state, bankReference });
    await tell(tx, next, "AWAITING_APPROVAL", at);
    return next.id;
  });
};

/** @throws ForbiddenFault SELF_APPROVAL for anybody of the payer's own organisation. */
const requireAbove = (tx: Tx, row: TopUpRow): string => {
  const user = requireUser(tx.caller);
  // Whoever sees the payer's books from another organisation is above it: nobody else does.
  if (user.organisationId !== row.organisationId) return user.userId;
  throw new ForbiddenFault("Somebody of an organisation above has to decide.", "SELF_APPROVAL");
};

const credit = async (tx: Tx, row: TopUpRow, at: Date): Promise<string> => {
  const { walletId, organisationId, amount, reference } = row;
  // Before the wallet is locked, as whoever settles a hold does.
  await tx.sql`select id from lock_reserves(${walletId})`;
  const legs: Leg[] = [
    { walletId, account: "WALLET", amount },
    { walletId, account: "PROVIDER_CLEARING", amount: -amount },
  ];
  const description = `Top-up ${reference}`;
  const entryId = await postEntry(tx, { organisationId, kind: "TOP_UP", description, eventAt: at, legs });
  await recover(tx, walletId, at);
  return entryId;
};

export interface Decision {
  topUpId: string;
  reason?: string | null;
  idempotencyKey: string;
}

/**
 * Credits the wallet, once however often it is approved, and lets it recover. @returns the top-up's id.
 * @throws ForbiddenFault for the payer's own people; ConflictFault for one that was decided already.
 */
export const approveTopUp = (tx: Tx, { topUpId, reason = null, idempotencyKey: key }: Decision, at: Date) =>
  onceFor(tx, { organisationId: topUpId, key, operation: "approveTopUp", input: { topUpId, reason } }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    const decidedBy = requireAbove(tx, row);
    requireState(row, ["AWAITING_APPROVAL"]);
    const entryId = await credit(tx, row, at);
    const decided = { state: "SUCCEEDED", entryId, decidedBy, decisionReason: reason, settledAt: at } as const;
    const next = await change(tx, row.id, decided);
    await record(tx, "topUp:approve", next, { state: next.state, amount: next.amount });
    await tell(tx, next, "SUCCEEDED", at);
    return next.id;
  });

/** @returns the top-up's id. @throws InvalidInputFault without a reason; else as for approving. */
export const rejectTopUp = (tx: Tx, { topUpId, reason, idempotencyKey: key }: Decision, at: Date) =>
  onceFor(tx, { organisationId: topUpId, key, operation: "rejectTopUp", input: { topUpId, reason } }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    const decidedBy = requireAbove(tx, row);
    requireState(row, ["AWAITING_APPROVAL"]);
    if (!reason?.trim()) throw InvalidInputFault.of("reason", "REQUIRED", "Say why.");
    const next = await change(tx, row.id, { state: "REJECTED", decidedBy, decisionReason: reason, settledAt: at });
    await record(tx, "topUp:approve", next, { state: next.state, reason });
    await tell(tx, next, "REJECTED", at);
    return next.id;
  });

/** The payer thinks better of it. @returns the top-up's id. @throws ConflictFault once a proof was handed in. */
export const cancelTopUp = (tx: Tx, topUpId: string, key: string, at: Date) =>
  onceFor(tx, { organisationId: topUpId, key, operation: "cancelTopUp", input: { topUpId } }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    requireState(row, OPEN);
    const next = await change(tx, row.id, { state: "CANCELLED", settledAt: at });
    await record(tx, "wallet:topUp", next, { state: next.state });
    return next.id;
  });

/** Ends those that nobody paid in time. */
export const expireTopUps = async (tx: Tx, at: Date): Promise<void> => {
  const overdue = and(inArray(topUp.state, [...OPEN]), lt(topUp.expiresAt, at));
  await tx.db.update(topUp).set({ state: "EXPIRED", settledAt: at }).where(overdue);
};

explainConstraint(
  "top_up_bank_reference_key",
  () => new ConflictFault("A top-up with this bank reference was handed in before."),
);
