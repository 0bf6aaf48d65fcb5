import { type Currency, formatMoney, type Tx } from "@tollgate/kit";
import { asc, eq } from "drizzle-orm";
import type { DocumentColumn, DocumentModel } from "../pdf/document-model.js";
import { shownQuantity } from "../pdf/quantity.js";
import type { PriceLineKind } from "../prices/calculation.js";
import { lineWords } from "../prices/line-words.js";
import {
  type CreditNoteRow,
  creditNote,
  type InvoiceLineRow,
  type InvoiceRow,
  invoice,
  invoiceLine,
} from "./invoice.schema.js";
import { shownParty } from "./parties.js";
import { type InvoiceState, invoiceStateAt } from "./reading.js";

const LOCALE = "en-ZA";

/** Symbols are of several currencies; its code is of one. */
const columnsIn = (currency: Currency): readonly DocumentColumn[] => [
  { title: "Description", align: "left", share: 0.5 },
  { title: "Quantity", align: "right", share: 0.3 },
  { title: `Amount in ${currency}`, align: "right", share: 0.2 },
];

const MARKS: Record<InvoiceState, string | null> = {
  DRAFT: "Draft",
  ISSUED: null,
  PAID: "Paid",
  OVERDUE: "Overdue",
  VOID: "Void",
};

interface Words {
  money: (minorUnits: bigint) => string;
  day: (at: Date) => string;
}

const wordsOf = (currency: Currency, timeZone: string): Words => {
  const format = new Intl.DateTimeFormat(LOCALE, { dateStyle: "long", timeZone });
  return { money: (minorUnits) => formatMoney({ minorUnits, currency }, LOCALE), day: (at) => format.format(at) };
};

/** What a line says, with its numbers as the document writes them. */
const wordsOfLine = ({ kind, description, ...facts }: InvoiceLineRow): string =>
  lineWords(kind as PriceLineKind, facts, description, LOCALE); // written by drafts only

/** How many at how much each. */
const quantityOf = ({ quantity, unit, unitPrice }: InvoiceLineRow, { money }: Words): string => {
  const shown = shownQuantity(quantity, unit, LOCALE);
  return shown === "" || unitPrice === null ? shown : `${shown} × ${money(unitPrice)}`;
};

interface Group {
  /** Null where the lines stand for themselves. */
  heading: string | null;
  lines: readonly InvoiceLineRow[];
}

/** Lines of a machine stand below its name; what is of none stands below its own, so that nobody takes it for the last one's. */
const groupsOf = (lines: readonly InvoiceLineRow[]): Group[] => {
  const byMachine = Map.groupBy(lines, ({ vmId }) => vmId);
  const others = byMachine.get(null) ?? [];
  if (others.length === lines.length) return [{ heading: null, lines }];
  const headingOf = (vmId: string, own: readonly InvoiceLineRow[]) => `Machine ${own[0]?.machine ?? vmId.slice(0, 8)}`;
  const machines = [...byMachine].flatMap(([vmId, own]): Group[] =>
    vmId === null ? [] : [{ heading: headingOf(vmId, own), lines: own }],
  );
  const services = others.filter(({ serviceSubscriptionId }) => serviceSubscriptionId !== null);
  const rest = others.filter((line) => !services.includes(line));
  const further = [
    { heading: "Services by the hour", lines: services },
    { heading: "Machines when ordered", lines: rest },
  ];
  return [...machines, ...further.filter((group) => group.lines.length > 0)];
};

/** The lines with what each group of them comes to. */
const rowsOf = (lines: readonly InvoiceLineRow[], words: Words): DocumentModel["rows"] =>
  groupsOf(lines).flatMap(({ heading, lines: own }) => {
    const sum = own.reduce((total, { amount }) => total + amount, 0n);
    const rows = own.map((line) => ({
      cells: [wordsOfLine(line), quantityOf(line, words), words.money(line.amount)],
    }));
    return heading === null ? rows : [{ cells: [heading, "", words.money(sum)], isHeading: true }, ...rows];
  });

const taxTotals = (taxes: readonly InvoiceLineRow[], { money }: Words): DocumentModel["totals"] =>
  taxes.map((line) => ({ label: wordsOfLine(line), value: money(line.amount) }));

const factsOf = (row: InvoiceRow, { day }: Words): DocumentModel["facts"] => [
  { label: "Issued", value: row.issuedAt ? day(row.issuedAt) : "" },
  { label: row.due > 0n ? "To be paid by" : "Due", value: row.dueAt ? day(row.dueAt) : "" },
  // A period ends where the next one begins: its last day is the one before.
  { label: "From", value: day(row.periodFrom) },
  { label: "To", value: day(new Date(Math.max(row.periodTo.getTime() - 1, row.periodFrom.getTime()))) },
];

/** What was paid before the invoice was issued: all of it, or what was not asked for with it. */
const advanceNotes = ({ mode, state, total, due, paid, credited, paidAt, issuedAt }: InvoiceRow, { money }: Words) => {
  if (mode !== "PREPAID" || state === "VOID") return [];
  if (paid === 0n && paidAt?.getTime() === issuedAt?.getTime())
    return ["Paid in advance, from the wallet, as it was used."];
  const before = total - due - paid;
  return before > 0n && credited === 0n ? [`${money(before)} were paid in advance, from the wallet.`] : [];
};

const notesOf = (row: InvoiceRow, words: Words): string[] => {
  const { money } = words;
  const { state, due, number, issuer } = row;
  const bank = issuer?.bankDetails ?? "";
  return [
    ...(state === "ISSUED" ? [`Due: ${money(due)}. Quote ${number} when you pay.`] : []),
    ...(state === "ISSUED" && bank !== "" ? [`By transfer: ${bank}.`] : []),
    ...advanceNotes(row, words),
    ...(row.paid > 0n && due > 0n ? [`${money(row.paid)} were paid since it was issued.`] : []),
    ...(row.credited > 0n ? [`Of this ${money(row.credited)} were taken back by credit notes.`] : []),
    ...(state === "VOID" ? [`Void: ${row.voidReason ?? ""}`] : []),
  ];
};

/** A tax invoice names the issuer's number; without one it is an invoice. */
const titleOf = ({ issuer, tax }: InvoiceRow): string =>
  tax > 0n && issuer !== null && issuer.taxNumber !== "" ? "Tax invoice" : "Invoice";

const isTax = ({ kind }: InvoiceLineRow): boolean => kind === "TAX";

const linesOf = (tx: Tx, invoiceId: string): Promise<InvoiceLineRow[]> =>
  tx.db.select().from(invoiceLine).where(eq(invoiceLine.invoiceId, invoiceId)).orderBy(asc(invoiceLine.position));

/** What is written on an invoice: as it was issued, and how it is paid by now. Null for a draft. */
export const invoicePaper = async (tx: Tx, id: string, at: Date): Promise<DocumentModel | null> => {
  const [row] = await tx.db.select().from(invoice).where(eq(invoice.id, id));
  if (!row?.number || !row.issuer || !row.customer || !row.issuedAt) return null;
  const lines = await linesOf(tx, id);
  const words = wordsOf(row.currency, row.timeZone);
  const taxes = lines.filter(isTax);
  return {
    title: titleOf(row),
    number: row.number,
    mark: MARKS[invoiceStateAt(row, at)],
    locale: LOCALE,
    createdAt: row.issuedAt,
    issuer: shownParty("From", row.issuer),
    customer: shownParty("To", row.customer),
    facts: factsOf(row, words),
    columns: columnsIn(row.currency),
    rows: rowsOf(
      lines.filter((line) => !isTax(line)),
      words,
    ),
    totals: [
      { label: "Before tax", value: words.money(row.subtotal) },
      ...taxTotals(taxes, words),
      { label: "Total", value: words.money(row.total), isTotal: true },
    ],
    notes: notesOf(row, words),
  };
};

/** Of a tax that the invoice has one of, which one; of several a note takes back a part of each. */
const noteTotals = (
  { amount, tax }: CreditNoteRow,
  taxes: readonly InvoiceLineRow[],
  { money }: Words,
): DocumentModel["totals"] => [
  { label: "Before tax", value: money(amount - tax) },
  ...(tax > 0n ? [{ label: taxes.length === 1 ? taxes.map(wordsOfLine).join() : "Tax", value: money(tax) }] : []),
  { label: "Taken back", value: money(amount), isTotal: true },
];

/** What is written on a credit note. */
export const creditNotePaper = async (tx: Tx, id: string): Promise<DocumentModel | null> => {
  const [note] = await tx.db.select().from(creditNote).where(eq(creditNote.id, id));
  if (!note) return null;
  const [row] = await tx.db.select().from(invoice).where(eq(invoice.id, note.invoiceId));
  if (!row?.issuer || !row.customer) return null;
  const taxes = (await linesOf(tx, row.id)).filter(isTax);
  const words = wordsOf(row.currency, row.timeZone);
  return {
    title: "Credit note",
    number: note.number,
    mark: null,
    locale: LOCALE,
    createdAt: note.issuedAt,
    issuer: shownParty("From", row.issuer),
    customer: shownParty("To", row.customer),
    facts: [
      { label: "Issued", value: words.day(note.issuedAt) },
      { label: "For invoice", value: row.number ?? "" },
      { label: "Of", value: row.issuedAt ? words.day(row.issuedAt) : "" },
    ],
    columns: columnsIn(row.currency),
    rows: [{ cells: [note.reason, "", words.money(note.amount - note.tax)] }],
    totals: noteTotals(note, taxes, words),
    notes: [],
  };
};
