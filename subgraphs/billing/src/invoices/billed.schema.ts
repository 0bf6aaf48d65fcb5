import { instant } from "@tollgate/kit";
import { foreignKey, index, integer, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { entry, wallet } from "../ledger/ledger.schema.js";
import { billing } from "../schema.js";
import { invoice } from "./invoice.schema.js";

/** Which entries a month's invoice covers: no entry is on two. */
export const invoiceEntry = billing.table(
  "invoice_entry",
  {
    organisationId: uuid("organisation_id").notNull(),
    entryId: uuid("entry_id").primaryKey(),
    invoiceId: uuid("invoice_id").notNull(),
  },
  (table) => [
    foreignKey({
      name: "invoice_entry_entry_fk",
      columns: [table.organisationId, table.entryId],
      foreignColumns: [entry.organisationId, entry.id],
    }),
    foreignKey({
      name: "invoice_entry_invoice_fk",
      columns: [table.organisationId, table.invoiceId],
      foreignColumns: [invoice.organisationId, invoice.id],
    }),
    index("invoice_entry_invoice_idx").on(table.invoiceId),
    index("invoice_entry_organisation_idx").on(table.organisationId),
  ],
);

/** Months that the monthly job is done with, also where there was nothing to bill. */
export const invoicedMonth = billing.table(
  "invoiced_month",
  {
    organisationId: uuid("organisation_id").notNull(),
    walletId: uuid("wallet_id").notNull(),
    month: text("month").notNull(),
    invoiceId: uuid("invoice_id"),
    doneAt: instant("done_at").notNull(),
  },
  (table) => [
    primaryKey({ name: "invoiced_month_pkey", columns: [table.walletId, table.month] }),
    foreignKey({
      name: "invoiced_month_wallet_fk",
      columns: [table.organisationId, table.walletId],
      foreignColumns: [wallet.organisationId, wallet.id],
    }),
    foreignKey({
      name: "invoiced_month_invoice_fk",
      columns: [table.organisationId, table.invoiceId],
      foreignColumns: [invoice.organisationId, invoice.id],
    }),
    index("invoiced_month_organisation_idx").on(table.organisationId),
  ],
);

/** The last number of each kind of document, by issuer and year. */
export const documentCounter = billing.table(
  "document_counter",
  {
    /** The issuer. */
    organisationId: uuid("organisation_id").notNull(),
    kind: text("kind").notNull(),
    year: integer("year").notNull(),
    last: integer("last").notNull(),
  },
  (table) => [primaryKey({ name: "document_counter_pkey", columns: [table.organisationId, table.kind, table.year] })],
);
