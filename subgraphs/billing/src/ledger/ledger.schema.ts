import { type Currency, id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { billing } from "../schema.js";

/** The books of double entry. Each wallet has its own set of them, so that no two wallets share a row. */
export const ACCOUNTS = [
  "WALLET",
  "HOLDS",
  "RECEIVABLE",
  "REVENUE",
  "PROVIDER_CLEARING",
  "TAX",
  "PROMOTIONS",
  "WRITE_OFF",
] as const;

export type Account = (typeof ACCOUNTS)[number];

/** What moves money. */
export const ENTRY_KINDS = [
  "TOP_UP",
  "REFUND",
  "CHARGEBACK",
  "HOLD",
  "CAPTURE",
  "RELEASE",
  "USAGE",
  "SERVICE",
  "INVOICE_PAYMENT",
  "CREDIT_NOTE",
  "PROMOTION",
  "ADJUSTMENT",
  "WRITE_OFF",
] as const;

export type EntryKind = (typeof ENTRY_KINDS)[number];

export type WalletState = "ACTIVE" | "LOW" | "OUT_OF_FUNDS" | "STOPPED" | "CLOSED";

const amount = (name: string) => bigint(name, { mode: "bigint" });
const balance = (name: string) => amount(name).notNull().default(sql`0`);

/**
 * Money of one organisation in one currency, in minor units, with the running balance of each of its books.
 * `posted` is WALLET + HOLDS, what the organisation has; `held` is HOLDS, the part set aside.
 */
export const wallet = billing.table(
  "wallet",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    state: text("state").$type<WalletState>().notNull().default("ACTIVE"),
    posted: balance("posted"),
    held: balance("held"),
    creditLimit: balance("credit_limit"),
    /** A debt uses up the credit, and beyond it nothing that was paid. */
    available: amount("available")
      .notNull()
      .generatedAlwaysAs(sql`posted - held + greatest(credit_limit + receivable, 0)`),
    /** Never above zero; below it is what the organisation owes. */
    receivable: balance("receivable"),
    /** The part of the debt that stands on open invoices; the rest is collected from whatever comes in. */
    invoiced: balance("invoiced"),
    revenue: balance("revenue"),
    providerClearing: balance("provider_clearing"),
    tax: balance("tax"),
    promotions: balance("promotions"),
    writeOff: balance("write_off"),
    /** Postings so far; the newest has this position. */
    postings: balance("postings"),
    /** Hours of runway that were warned of last; null above them all. */
    warnedHours: integer("warned_hours"),
    /** Of OUT_OF_FUNDS. */
    graceEndsAt: instant("grace_ends_at"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    unique("wallet_organisation_currency_key").on(table.organisationId, table.currency),
    unique("wallet_organisation_key").on(table.organisationId, table.id),
    index("wallet_available_idx").on(table.available, table.id),
    check("wallet_available_check", sql`available >= 0`),
    check("wallet_held_check", sql`held >= 0`),
    check("wallet_credit_limit_check", sql`credit_limit >= 0`),
    check("wallet_invoiced_check", sql`invoiced >= 0 and invoiced <= -receivable`),
  ],
);

/** What an entry can come from. */
export const REASON_KINDS = ["TOP_UP", "ORDER", "INVOICE", "SERVICE_SUBSCRIPTION", "USAGE_RECORD"] as const;

export type ReasonKind = (typeof REASON_KINDS)[number];

/** One movement of money; its postings sum to zero. Never changed: corrections are entries of their own. */
export const entry = billing.table(
  "entry",
  {
    id: id().primaryKey(),
    /** Whose books it was written for. */
    organisationId: uuid("organisation_id").notNull(),
    kind: text("kind").$type<EntryKind>().notNull(),
    description: text("description").notNull(),
    /** When it happened. */
    eventAt: instant("event_at").notNull(),
    /** When it was written. */
    recordedAt: instant("recorded_at").notNull().defaultNow(),
    reversesId: uuid("reverses_id"),
    /** What it came from: a row of that kind, by its id. */
    reasonKind: text("reason_kind").$type<ReasonKind>(),
    reasonId: uuid("reason_id"),
  },
  (table) => [
    unique("entry_organisation_key").on(table.organisationId, table.id),
    foreignKey({
      name: "entry_reverses_fk",
      columns: [table.organisationId, table.reversesId],
      foreignColumns: [table.organisationId, table.id],
    }),
    index("entry_organisation_idx").on(table.organisationId, table.eventAt.desc(), table.id.desc()),
    index("entry_reason_idx").on(table.reasonId).where(sql`reason_id is not null`),
    check("entry_reason_check", sql`(reason_kind is null) = (reason_id is null)`),
  ],
);

/** One leg of an entry, on one book of one wallet, with that book's balance before and after. */
export const posting = billing.table(
  "posting",
  {
    id: id().primaryKey(),
    organisationId: uuid("organisation_id").notNull(),
    /** The entry's, which differs in an entry over several organisations. */
    entryOrganisationId: uuid("entry_organisation_id").notNull(),
    entryId: uuid("entry_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    /** Counts up within the wallet, without gaps. */
    position: amount("position").notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    account: text("account").$type<Account>().notNull(),
    amount: amount("amount").notNull(),
    balanceBefore: amount("balance_before").notNull(),
    balanceAfter: amount("balance_after").notNull(),
    /** Of RECEIVABLE: debt that is put on an invoice, or that leaves it. */
    onInvoice: boolean("on_invoice").notNull().default(false),
  },
  (table) => [
    unique("posting_position_key").on(table.walletId, table.position),
    foreignKey({
      name: "posting_entry_fk",
      columns: [table.entryOrganisationId, table.entryId],
      foreignColumns: [entry.organisationId, entry.id],
    }),
    foreignKey({
      name: "posting_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    index("posting_entry_idx").on(table.entryId),
    index("posting_debt_idx").on(table.walletId, table.position).where(sql`account = 'RECEIVABLE'`),
    check("posting_amount_check", sql`amount <> 0`),
    check("posting_balance_check", sql`balance_after = balance_before + amount`),
    check("posting_invoice_check", sql`not on_invoice or account = 'RECEIVABLE'`),
  ],
);

/** Money mutations that were done: the same key and input gives the first result again. */
export const idempotency = billing.table(
  "idempotency",
  {
    organisationId: uuid("organisation_id").notNull(),
    key: text("key").notNull(),
    /** Of the operation and its input. */
    digest: text("digest").notNull(),
    result: json("result"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    primaryKey({ name: "idempotency_pkey", columns: [table.organisationId, table.key] }),
    index("idempotency_created_idx").on(table.createdAt),
  ],
);

export type WalletRow = typeof wallet.$inferSelect;
export type EntryRow = typeof entry.$inferSelect;
export type PostingRow = typeof posting.$inferSelect;
