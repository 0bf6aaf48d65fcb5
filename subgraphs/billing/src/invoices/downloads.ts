import {
  type DownloadsPlace,
  type DownloadTable,
  decimalText,
  homeOrganisation,
  TableDownloads,
  tableFiles,
} from "@tollgate/kit";
import type { InvoiceRow } from "./invoice.schema.js";
import { type InvoiceFilter, invoiceStateAt, invoicesOlderThan, requireInvoiceFilter } from "./reading.js";

/** Amounts are decimals of the currency, as bookkeeping programs read them; both sides by the names that stand on the invoice. */
const rowOf = (row: InvoiceRow, at: Date) => {
  const { id, number, organisationId, currency, periodFrom, periodTo, issuedAt, dueAt, paidAt } = row;
  const decimal = (minorUnits: bigint): string => decimalText({ minorUnits, currency });
  return {
    ...{ id, number, state: invoiceStateAt(row, at), organisationId, periodFrom, periodTo, currency },
    ...{ issuer: row.issuer?.name ?? null, customer: row.customer?.name ?? null },
    ...{ subtotal: decimal(row.subtotal), tax: decimal(row.tax), total: decimal(row.total) },
    // Of a draft nothing is asked for yet.
    ...{ amountDue: decimal(row.state === "ISSUED" ? row.due : 0n), credited: decimal(row.credited) },
    ...{ issuedAt, dueAt, paidAt },
  };
};

type Row = ReturnType<typeof rowOf>;

const INVOICES: DownloadTable<{ filter: InvoiceFilter }, InvoiceRow, Row> = {
  path: "/files/invoices",
  name: "invoices",
  purpose: "downloads of invoices",
  permission: "invoice:read",
  files: tableFiles<Row>([
    "id",
    "number",
    "state",
    "issuer",
    "customer",
    "organisationId",
    "periodFrom",
    "periodTo",
    "currency",
    "subtotal",
    "tax",
    "total",
    "amountDue",
    "credited",
    "issuedAt",
    "dueAt",
    "paidAt",
  ]),
  check: (tx, { filter }, at) => requireInvoiceFilter(tx, filter, at),
  record: async ({ caller }, { filter }) => ({
    resource: "invoices",
    resourceId: null,
    organisationId: filter.organisationId ?? homeOrganisation(caller),
  }),
  next: (tx, { filter }, after, size, at) => {
    const last = after && { at: after.createdAt.toISOString(), id: after.id };
    return invoicesOlderThan(tx, filter, last, size, at);
  },
  rowOf,
};

/** The list of invoices as a file. */
export const invoiceDownloads = (place: DownloadsPlace) => new TableDownloads(INVOICES, place);

export type InvoiceDownloads = ReturnType<typeof invoiceDownloads>;
