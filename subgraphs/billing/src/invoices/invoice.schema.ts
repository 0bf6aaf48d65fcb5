import { type Currency, id, instant, json } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { entry, wallet } from "../ledger/ledger.schema.js";
import type { BillingMode } from "../modes/mode.schema.js";
import { order } from "../orders/order.schema.js";
import { billing } from "../schema.js";
import { serviceSubscription } from "../services/service.schema.js";

/** As stored; an ISSUED one whose time to pay is over shows as OVERDUE. */
export const STORED_STATES = ["DRAFT", "ISSUED", "PAID", "VOID"] as const;

export type StoredState = (typeof STORED_STATES)[number];

/** Of a month's use, or of one charge: a period of a service subscription, an order of items. */
export type InvoiceKind = "USAGE" | "CHARGE";

/** One side of an invoice, as it stood when that was issued. */
export interface Party {
  name: string;
  address: string;
  taxNumber: string;
  registrationNumber: string;
  bankDetails: string;
}

const amount = (name: string) => bigint(name, { mode: "bigint" });
const sum = (name: string) => amount(name).notNull().default(sql`0`);

/** What an organisation is asked for, by the organisation above it. From its number on nothing but its payment changes. */
export const invoice = billing.table(
  "invoice",
  {
    id: id().primaryKey(),
    /** Who pays. */
    organisationId: uuid("organisation_id").notNull(),
    issuerId: uuid("issuer_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    currency: text("currency").$type<Currency>().notNull(),
    kind: text("kind").$type<InvoiceKind>().notNull(),
    mode: text("mode").$type<BillingMode>().notNull(),
    state: text("state").$type<StoredState>().notNull(),
    /** Gapless per issuer and year; null while DRAFT. */
    number: text("number"),
    /** Of USAGE, such as `2026-10`. */
    month: text("month"),
    periodFrom: instant("period_from").notNull(),
    periodTo: instant("period_to").notNull(),
    timeZone: text("time_zone").notNull(),
    subtotal: amount("subtotal").notNull(),
    tax: amount("tax").notNull(),
    total: amount("total").notNull(),
    /** Of a DRAFT what will be due when it is issued: what was paid by then is not. */
    due: amount("due").notNull(),
    /** Paid after it was issued. */
    paid: sum("paid"),
    /** Taken back by credit notes. */
    credited: sum("credited"),
    issuer: json("issuer").$type<Party>(),
    customer: json("customer").$type<Party>(),
    serviceSubscriptionId: uuid("service_subscription_id"),
    orderId: uuid("order_id"),
    /** That took the money of the charge. */
    entryId: uuid("entry_id"),
    createdAt: instant("created_at").notNull(),
    issuedAt: instant("issued_at"),
    dueAt: instant("due_at"),
    paidAt: instant("paid_at"),
    voidedAt: instant("voided_at"),
    voidReason: text("void_reason"),
    remindersSent: integer("reminders_sent").notNull().default(0),
    remindedAt: instant("reminded_at"),
  },
  (table) => [
    unique("invoice_organisation_key").on(table.organisationId, table.id),
    unique("invoice_number_key").on(table.issuerId, table.number),
    foreignKey({
      name: "invoice_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    foreignKey({
      name: "invoice_service_subscription_fk",
      columns: [table.organisationId, table.serviceSubscriptionId],
      foreignColumns: [serviceSubscription.organisationId, serviceSubscription.id],
    }),
    foreignKey({
      name: "invoice_order_fk",
      columns: [table.organisationId, table.orderId],
      foreignColumns: [order.organisationId, order.id],
    }),
    foreignKey({
      name: "invoice_entry_fk",
      columns: [table.organisationId, table.entryId],
      foreignColumns: [entry.organisationId, entry.id],
    }),
    // A month is billed once; a charge as well.
    uniqueIndex("invoice_month_key").on(table.walletId, table.month).where(sql`month is not null and state <> 'VOID'`),
    uniqueIndex("invoice_entry_key").on(table.entryId).where(sql`entry_id is not null`),
    index("invoice_organisation_idx").on(table.organisationId, table.createdAt.desc(), table.id.desc()),
    index("invoice_created_idx").on(table.createdAt.desc(), table.id.desc()),
    index("invoice_subscription_idx").on(table.serviceSubscriptionId).where(sql`service_subscription_id is not null`),
    index("invoice_due_idx").on(table.dueAt, table.id).where(sql`state = 'ISSUED'`),
    check("invoice_state_check", sql`state in ('DRAFT', 'ISSUED', 'PAID', 'VOID')`),
    check("invoice_kind_check", sql`kind in ('USAGE', 'CHARGE') and (kind = 'USAGE') = (month is not null)`),
    check("invoice_total_check", sql`total = subtotal + tax and total >= 0`),
    check(
      "invoice_due_check",
      sql`due between 0 and total and paid between 0 and total and credited between 0 and total`,
    ),
    check(
      "invoice_issued_check",
      sql`state in ('DRAFT', 'VOID') or (number is not null and issued_at is not null
      and due_at is not null and issuer is not null and customer is not null)`,
    ),
    check(
      "invoice_paid_check",
      sql`(state = 'PAID') = (paid_at is not null) and (state <> 'ISSUED' or due > 0)
      and (state not in ('PAID', 'VOID') or due = 0)`,
    ),
    check("invoice_void_check", sql`(state = 'VOID') = (voided_at is not null)`),
    check("invoice_period_check", sql`period_to >= period_from`),
  ],
);

/** What an invoice is made of: use by machine and resource, what was charged, taxes. Never changed. */
export const invoiceLine = billing.table(
  "invoice_line",
  {
    organisationId: uuid("organisation_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    position: integer("position").notNull(),
    kind: text("kind").notNull(),
    /** In English; what it was made of stands beside it, for whoever writes it in another locale. */
    description: text("description").notNull(),
    /** Of what the description names: a tax, a promotion, an item, a resource; the code of a coupon. */
    name: text("name"),
    /** Of a step that is a share, or a tax; negative takes off. */
    basisPoints: integer("basis_points"),
    /** Of a promotion that was cut: what it would be. */
    uncutBasisPoints: integer("uncut_basis_points"),
    quantity: text("quantity"),
    unit: text("unit"),
    unitPrice: amount("unit_price"),
    amount: amount("amount").notNull(),
    /** Of use: whose, of what. */
    vmId: uuid("vm_id"),
    machine: text("machine"),
    resource: text("resource"),
    code: text("code"),
    /** In which it was used, in part or whole. */
    hours: text("hours"),
    priceListId: uuid("price_list_id"),
    /** Of a service that the month's invoice covers. */
    serviceSubscriptionId: uuid("service_subscription_id"),
    volumeBasisPoints: integer("volume_basis_points").notNull().default(0),
    promotionBasisPoints: integer("promotion_basis_points").notNull().default(0),
    /** Of TAX: the row of the tax table. */
    taxCountry: text("tax_country"),
    taxBasisPoints: integer("tax_basis_points"),
    taxFrom: instant("tax_from"),
  },
  (table) => [
    primaryKey({ name: "invoice_line_pkey", columns: [table.invoiceId, table.position] }),
    foreignKey({
      name: "invoice_line_invoice_fk",
      columns: [table.organisationId, table.invoiceId],
      foreignColumns: [invoice.organisationId, invoice.id],
    }),
    index("invoice_line_organisation_idx").on(table.organisationId),
    index("invoice_line_subscription_idx")
      .on(table.serviceSubscriptionId)
      .where(sql`service_subscription_id is not null`),
  ],
);

/** Takes an issued invoice back, wholly or in part. Never changed. */
export const creditNote = billing.table(
  "credit_note",
  {
    id: id().primaryKey(),
    /** Who gets it: the invoice's. */
    organisationId: uuid("organisation_id").notNull(),
    issuerId: uuid("issuer_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    /** Gapless per issuer and year. */
    number: text("number").notNull(),
    /** With tax, of which `tax`. */
    amount: amount("amount").notNull(),
    tax: amount("tax").notNull(),
    reason: text("reason").notNull(),
    issuedAt: instant("issued_at").notNull(),
    /** Null where the system gave back. */
    issuedBy: uuid("issued_by"),
    entryId: uuid("entry_id").notNull(),
  },
  (table) => [
    unique("credit_note_number_key").on(table.issuerId, table.number),
    foreignKey({
      name: "credit_note_invoice_fk",
      columns: [table.organisationId, table.invoiceId],
      foreignColumns: [invoice.organisationId, invoice.id],
    }),
    foreignKey({
      name: "credit_note_entry_fk",
      columns: [table.organisationId, table.entryId],
      foreignColumns: [entry.organisationId, entry.id],
    }),
    index("credit_note_invoice_idx").on(table.invoiceId),
    index("credit_note_organisation_idx").on(table.organisationId),
    check("credit_note_amount_check", sql`amount > 0 and tax between 0 and amount`),
  ],
);

export type InvoiceRow = typeof invoice.$inferSelect;
export type InvoiceLineRow = typeof invoiceLine.$inferSelect;
export type CreditNoteRow = typeof creditNote.$inferSelect;
