import {
  type Connection,
  connectionOf,
  InvalidInputFault,
  inBranch,
  inScope,
  isId,
  NotFoundFault,
  organisationInScope,
  type PageArguments,
  pageSize,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, asc, count, desc, eq, gt, gte, inArray, isNotNull, lt, lte, ne, or, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import { timeCursor } from "../cursor.js";
import type { EntryRow } from "../ledger/ledger.schema.js";
import { entriesById } from "../wallet/wallets.js";
import {
  type CreditNoteRow,
  creditNote,
  type InvoiceLineRow,
  type InvoiceRow,
  invoice,
  invoiceLine,
  type StoredState,
} from "./invoice.schema.js";

export const INVOICE_STATES = ["DRAFT", "ISSUED", "PAID", "OVERDUE", "VOID"] as const;

export type InvoiceState = (typeof INVOICE_STATES)[number];

/** As it counts at a moment. */
export const invoiceStateAt = ({ state, dueAt }: Pick<InvoiceRow, "state" | "dueAt">, at: Date): InvoiceState =>
  state === "ISSUED" && dueAt !== null && dueAt <= at ? "OVERDUE" : state;

/** Drafts are the issuer's alone: whoever is to pay does not see them. */
const shownTo = ({ caller }: Tx): SQL | undefined =>
  caller.kind === "USER" ? or(isNotNull(invoice.number), ne(invoice.organisationId, caller.organisationId)) : undefined;

/** By id; those outside of the estate are left out. */
export const invoicesById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, InvoiceRow>> => {
  const wanted = [...new Set(ids.filter(isId))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.db
    .select()
    .from(invoice)
    .where(and(inArray(invoice.id, wanted), shownTo(tx)));
  return new Map(rows.map((row) => [row.id, row]));
};

/** @throws NotFoundFault outside of the estate. */
export const invoiceById = async (tx: Tx, id: string): Promise<InvoiceRow> => {
  const row = (await invoicesById(tx, [requireId("invoice", id)])).get(id.toLowerCase());
  if (!row) throw new NotFoundFault("invoice", id);
  return row;
};

export interface InvoiceFilter {
  organisationId?: string | null;
  state?: readonly InvoiceState[] | null;
  serviceSubscriptionId?: string | null;
  /** By the period that it is for, half-open: those that begin within it. */
  period?: { from: Date; to: Date } | null;
}

const stateIs = (state: InvoiceState, at: Date): SQL | undefined => {
  if (state === "OVERDUE") return and(eq(invoice.state, "ISSUED"), lte(invoice.dueAt, at));
  if (state === "ISSUED") return and(eq(invoice.state, "ISSUED"), gt(invoice.dueAt, at));
  return eq(invoice.state, state satisfies StoredState);
};

/** Those of a service subscription's own charges, and those of months in which it was charged by the hour. */
const isOf = (tx: Tx, serviceSubscriptionId: string): SQL => {
  const own = tx.db
    .select({ id: invoice.id })
    .from(invoice)
    .where(eq(invoice.serviceSubscriptionId, serviceSubscriptionId));
  const monthly = tx.db
    .select({ id: invoiceLine.invoiceId })
    .from(invoiceLine)
    .where(eq(invoiceLine.serviceSubscriptionId, serviceSubscriptionId));
  return inArray(invoice.id, unionAll(own, monthly));
};

/** @throws InvalidInputFault, NotFoundFault for an organisation outside of the estate. */
const conditionsOf = async (tx: Tx, filter: InvoiceFilter, at: Date): Promise<SQL | undefined> => {
  const { organisationId, state, serviceSubscriptionId, period } = filter;
  if (organisationId) await organisationInScope(tx, requireId("organisation", organisationId));
  if (serviceSubscriptionId) requireId("serviceSubscription", serviceSubscriptionId);
  if (period && period.from >= period.to) {
    throw InvalidInputFault.of("filter.period", "OUT_OF_RANGE", "A period must end after it begins.");
  }
  return and(
    inScope(tx, invoice.organisationId),
    shownTo(tx),
    organisationId ? inBranch(invoice.organisationId, organisationId) : undefined,
    state ? or(sql`false`, ...state.map((one) => stateIs(one, at))) : undefined,
    serviceSubscriptionId ? isOf(tx, serviceSubscriptionId) : undefined,
    period ? and(gte(invoice.periodFrom, period.from), lt(invoice.periodFrom, period.to)) : undefined,
  );
};

/** @throws InvalidInputFault, NotFoundFault for a filter that nothing can pass. */
export const requireInvoiceFilter = async (tx: Tx, filter: InvoiceFilter, at: Date): Promise<void> => {
  await conditionsOf(tx, filter, at);
};

/** Invoices of the estate older than one of them, newest first. */
export const invoicesOlderThan = async (
  tx: Tx,
  filter: InvoiceFilter,
  after: { at: string; id: string } | null,
  size: number,
  at: Date,
): Promise<InvoiceRow[]> => {
  const older = after
    ? sql`(${invoice.createdAt}, ${invoice.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`
    : undefined;
  return tx.db
    .select()
    .from(invoice)
    .where(and(await conditionsOf(tx, filter, at), older))
    .orderBy(desc(invoice.createdAt), desc(invoice.id))
    .limit(size);
};

/** Invoices of the estate, newest first. */
export const listInvoices = async (
  tx: Tx,
  page: PageArguments,
  filter: InvoiceFilter,
  at: Date,
): Promise<Connection<InvoiceRow>> => {
  const rows = await invoicesOlderThan(tx, filter, timeCursor(page.after) ?? null, pageSize(page) + 1, at);
  return connectionOf(rows, page, (row) => [row.createdAt.toISOString(), row.id]);
};

/** How many a filter finds in all. */
export const countInvoices = async (tx: Tx, filter: InvoiceFilter, at: Date): Promise<number> => {
  const [row] = await tx.db
    .select({ count: count() })
    .from(invoice)
    .where(await conditionsOf(tx, filter, at));
  return row?.count ?? 0;
};

/** Lines by invoice, in their order. */
export const linesByInvoice = async (tx: Tx, ids: readonly string[]): Promise<Map<string, InvoiceLineRow[]>> => {
  const rows = await tx.db
    .select()
    .from(invoiceLine)
    .where(inArray(invoiceLine.invoiceId, [...ids]))
    .orderBy(asc(invoiceLine.invoiceId), asc(invoiceLine.position));
  return Map.groupBy(rows, (row) => row.invoiceId);
};

/** Credit notes by invoice, the oldest first. */
export const creditNotesByInvoice = async (tx: Tx, ids: readonly string[]): Promise<Map<string, CreditNoteRow[]>> => {
  const rows = await tx.db
    .select()
    .from(creditNote)
    .where(inArray(creditNote.invoiceId, [...ids]))
    .orderBy(asc(creditNote.issuedAt), asc(creditNote.id));
  return Map.groupBy(rows, (row) => row.invoiceId);
};

/** The invoice that covers each of these entries. */
export const invoicesByEntry = async (tx: Tx, entryIds: readonly string[]): Promise<Map<string, InvoiceRow>> => {
  const rows = await tx.sql<{ entry_id: string; invoice_id: string }[]>`
    select entry_id, invoice_id from invoice_entry where entry_id = any(${[...new Set(entryIds)]}::uuid[])`;
  const found = await invoicesById(
    tx,
    rows.map((row) => row.invoice_id),
  );
  return new Map(
    rows.flatMap((row) => {
      const covering = found.get(row.invoice_id);
      return covering ? [[row.entry_id, covering] as const] : [];
    }),
  );
};

/** A line of what was charged by the hour, of a machine or a service: by which entries is looked up only where somebody asks. */
export type LineOfUse =
  | { invoiceId: string; vmId: string; resource: string; code: string }
  | { invoiceId: string; serviceSubscriptionId: string };

/** Entries of one line that are told one by one; usage records tell of all hours. */
const MOST_ENTRIES = 50;

/** The newest entries that each line was charged by, in one statement. */
export const entriesOfLines = async (tx: Tx, lines: readonly LineOfUse[]): Promise<Map<LineOfUse, EntryRow[]>> => {
  const all = lines.map((line) => ({ vmId: null, resource: null, code: null, serviceSubscriptionId: null, ...line }));
  const rows = await tx.sql<{ nth: bigint; entry_ids: string[] }[]>`
    select w.nth, case when w.subscription_id is null then array(
        select r.entry_id from usage_record r
          join invoice_entry i on i.entry_id = r.entry_id and i.invoice_id = w.invoice_id
         where r.vm_id = w.vm_id and r.resource = w.resource and r.code = w.code
         order by r.hour desc limit ${MOST_ENTRIES})
      else array(
        select c.entry_id from service_charge c
          join invoice_entry i on i.entry_id = c.entry_id and i.invoice_id = w.invoice_id
         where c.service_subscription_id = w.subscription_id and c.charged_at is not null
         order by c.period_start desc, c.id desc limit ${MOST_ENTRIES}) end as entry_ids
      from unnest(${all.map((line) => line.invoiceId)}::uuid[], ${all.map((line) => line.vmId)}::uuid[],
        ${all.map((line) => line.resource)}::text[], ${all.map((line) => line.code)}::text[],
        ${all.map((line) => line.serviceSubscriptionId)}::uuid[])
        with ordinality w(invoice_id, vm_id, resource, code, subscription_id, nth)`;
  const entries = await entriesById(tx, [...new Set(rows.flatMap((row) => row.entry_ids))]);
  return new Map(
    rows.flatMap(({ nth, entry_ids: ids }) => {
      const line = lines[Number(nth) - 1];
      return line ? [[line, ids.flatMap((id) => entries.get(id) ?? [])] as const] : [];
    }),
  );
};
