import { type Currency, id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  customType,
  foreignKey,
  index,
  integer,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { invoice } from "../invoices/invoice.schema.js";
import { wallet } from "../ledger/ledger.schema.js";
import { billing } from "../schema.js";

export const TOP_UP_STATES = [
  "INITIALISED",
  "PENDING",
  "AWAITING_APPROVAL",
  "SUCCEEDED",
  "FAILED",
  "CANCELLED",
  "EXPIRED",
  "REJECTED",
  "REFUNDED",
  "CHARGED_BACK",
] as const;
export const PROVIDERS = ["PAYSTACK", "PAYGATE", "MIDTRANS", "STRIPE", "MANUAL"] as const;

export type TopUpState = (typeof TOP_UP_STATES)[number];
export type Provider = (typeof PROVIDERS)[number];

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });

export const topUpNumbers = billing.sequence("top_up_number");

/** One payment into a wallet; credited once. */
export const topUp = billing.table(
  "top_up",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    /** Minor units. */
    amount: bigint("amount", { mode: "bigint" }).notNull(),
    provider: text("provider").$type<Provider>().notNull(),
    state: text("state").$type<TopUpState>().notNull(),
    /** What the payer quotes. */
    reference: text("reference").notNull().default(sql`'TG-' || lpad(nextval('billing.top_up_number')::text, 6, '0')`),
    bankReference: text("bank_reference"),
    proofId: uuid("proof_id"),
    startedBy: uuid("started_by"),
    decidedBy: uuid("decided_by"),
    decisionReason: text("decision_reason"),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    settledAt: instant("settled_at"),
    entryId: uuid("entry_id"),
    /** How often a provider was asked to take it; each time under a reference of its own. */
    attempt: integer("attempt").notNull().default(0),
    /** Until when somebody is asking the provider, so that nobody else does at the same time. */
    askingUntil: instant("asking_until"),
    /** What the person does next, as the provider gave it. */
    step: json("step"),
    stepEndsAt: instant("step_ends_at"),
    /** Where the browser comes back to. */
    returnUrl: text("return_url"),
    /** The provider's name for the attempt, where it needs one to be asked about it. */
    sessionReference: text("session_reference"),
    /** The provider's name for the payment that was credited. */
    paymentReference: text("payment_reference"),
    failureReason: text("failure_reason"),
    /** When the provider was last asked what became of it. */
    reconciledAt: instant("reconciled_at"),
    /** Minor units that went back to the payer, or were taken back. */
    refunded: bigint("refunded", { mode: "bigint" }).notNull().default(sql`0`),
    chargedBack: bigint("charged_back", { mode: "bigint" }).notNull().default(sql`0`),
    /** That the payer named; kept when the payment came to nothing and its use was given back. */
    couponCode: text("coupon_code"),
    /** Minor units that the coupon adds, credited with the payment and taken back with it. */
    bonus: bigint("bonus", { mode: "bigint" }).notNull().default(sql`0`),
    bonusEntryId: uuid("bonus_entry_id"),
    bonusReturned: bigint("bonus_returned", { mode: "bigint" }).notNull().default(sql`0`),
    /** What a provider told of it that was not believed; null for nothing. */
    incident: text("incident"),
    /** That is paid by it as soon as it is credited. */
    invoiceId: uuid("invoice_id"),
  },
  (table) => [
    unique("top_up_organisation_key").on(table.organisationId, table.id),
    unique("top_up_reference_key").on(table.reference),
    foreignKey({
      name: "top_up_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    foreignKey({
      name: "top_up_invoice_fk",
      columns: [table.organisationId, table.invoiceId],
      foreignColumns: [invoice.organisationId, invoice.id],
    }),
    index("top_up_invoice_idx").on(table.invoiceId).where(sql`invoice_id is not null`),
    // One transfer pays once, whoever claims it, also where it was paid back; a rejected claim does not use it up.
    uniqueIndex("top_up_bank_reference_key")
      .on(table.bankReference)
      .where(sql`bank_reference is not null and state <> 'REJECTED'`),
    index("top_up_organisation_idx").on(table.organisationId, table.createdAt.desc(), table.id.desc()),
    index("top_up_open_idx").on(table.expiresAt).where(sql`state in ('INITIALISED', 'PENDING')`),
    check("top_up_amount_check", sql`amount > 0`),
    // A payment at a provider is credited once, to one top-up.
    uniqueIndex("top_up_payment_key")
      .on(table.provider, table.paymentReference)
      .where(sql`payment_reference is not null`),
    check("top_up_credit_check", sql`(state in ('SUCCEEDED', 'REFUNDED', 'CHARGED_BACK')) = (entry_id is not null)`),
    check("top_up_bonus_check", sql`bonus >= 0 and bonus_returned >= 0 and bonus_returned <= bonus`),
    check("top_up_returned_check", sql`refunded >= 0 and charged_back >= 0 and refunded + charged_back <= amount`),
  ],
);

/** The proof of a transfer, from the moment that a place for it was asked for. */
export const proof = billing.table(
  "proof",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    topUpId: uuid("top_up_id").notNull(),
    contentType: text("content_type").notNull(),
    /** Null until the file has come. */
    content: bytes("content"),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    foreignKey({
      name: "proof_top_up_fk",
      columns: [table.organisationId, table.topUpId],
      foreignColumns: [topUp.organisationId, topUp.id],
    }),
    index("proof_top_up_idx").on(table.topUpId),
    index("proof_expires_idx").on(table.expiresAt),
  ],
);

export type TopUpRow = typeof topUp.$inferSelect;
