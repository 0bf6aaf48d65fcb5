import { type Currency, formatMoney, readSetting, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { partiesOf, shownParty } from "../invoices/parties.js";
import type { DocumentColumn, DocumentModel } from "../pdf/document-model.js";
import { shownQuantity } from "../pdf/quantity.js";
import { type BillingInterval, HOURS } from "../prices/breakdown.js";
import type { PriceLine } from "../prices/calculation.js";
import type { VmConfig } from "../prices/config.js";
import { lineWords } from "../prices/line-words.js";
import { type QuoteRow, quote } from "./quote.schema.js";
import { type QuoteState, quoteStateAt } from "./quotes.js";

const LOCALE = "en-ZA";

/** Symbols are of several currencies; its code is of one. */
const columnsIn = (currency: Currency): readonly DocumentColumn[] => [
  { title: "Description", align: "left", share: 0.46 },
  { title: "Quantity", align: "right", share: 0.18 },
  { title: "Price of one", align: "right", share: 0.18 },
  { title: `Amount in ${currency}`, align: "right", share: 0.18 },
];

/** An open quote needs no mark. */
const MARKS: Record<QuoteState, string | null> = {
  DRAFT: "Draft",
  ISSUED: null,
  ACCEPTED: "Accepted",
  REJECTED: "Rejected",
  EXPIRED: "Expired",
};

const PER: Record<BillingInterval, string> = {
  HOURLY: "one hour",
  MONTHLY: "one month of 720 hours",
  ANNUAL: `one year of ${new Intl.NumberFormat(LOCALE).format(HOURS.ANNUAL)} hours`,
};

const machineWords = ({ name, image, vcpus, memoryGb, disks }: VmConfig): string => {
  const stored = disks.map(({ sizeGb, storage }) => `${sizeGb} GB ${storage}`).join(", ");
  return `Machine ${name}: ${vcpus} vCPU, ${memoryGb} GB memory, ${stored}, ${image}`;
};

/** What a line says, with its numbers as the document writes them. */
const wordsOf = ({ kind, description, ...facts }: PriceLine): string => lineWords(kind, facts, description, LOCALE);

const tableOf = ({ vm, price }: QuoteRow, shown: (amount: bigint) => string): DocumentModel["rows"] => {
  const lines = price.lines
    .filter(({ kind }) => kind !== "TAX")
    .map((line) => ({
      cells: [
        wordsOf(line),
        shownQuantity(line.quantity, line.unit, LOCALE),
        line.unitPrice === null ? "" : shown(line.unitPrice),
        shown(line.amount),
      ],
    }));
  return vm ? [{ cells: [machineWords(vm), "", "", ""], isHeading: true }, ...lines] : lines;
};

const totalsOf = ({ price }: QuoteRow, shown: (amount: bigint) => string): DocumentModel["totals"] => {
  const taxes = price.lines.filter(({ kind }) => kind === "TAX");
  return [
    ...(taxes.length > 0 ? [{ label: "Before tax", value: shown(price.subtotal ?? price.total) }] : []),
    ...taxes.map((line) => ({ label: wordsOf(line), value: shown(line.amount) })),
    { label: "Total", value: shown(price.total), isTotal: true },
  ];
};

const notesOf = (row: QuoteRow, state: QuoteState, until: string): string[] => [
  ...(state === "DRAFT" ? ["A draft: its price follows the price list until the quote is issued."] : []),
  ...(state === "ISSUED" ? [`This price is kept until ${until}, whatever price lists do.`] : []),
  ...(state === "REJECTED" && row.rejectionReason ? [`Rejected: ${row.rejectionReason}`] : []),
  ...(row.vm
    ? ["A machine is charged by the hour for as long as it exists; what is switched off pays for its storage."]
    : []),
];

/** Who makes offers to an organisation: the one above it. */
const issuerOf = async (tx: Tx, organisationId: string): Promise<string> => {
  const [place] = await tx.sql<{ parent_id: string | null }[]>`
    select parent_id from tenancy where organisation_id = ${organisationId}`;
  return place?.parent_id ?? organisationId;
};

const timeIn = (timeZone: string) => {
  const format = new Intl.DateTimeFormat(LOCALE, { dateStyle: "long", timeStyle: "short", timeZone });
  return (at: Date): string => format.format(at);
};

/** A quote as it is written on paper: both sides as they are now, the price as it was quoted. Null where there is none. */
export const quotePaper = async (tx: Tx, id: string, at: Date): Promise<DocumentModel | null> => {
  const [row] = await tx.db.select().from(quote).where(eq(quote.id, id));
  if (!row) return null;
  const { organisationId, number, currency, createdAt, expiresAt, interval } = row;
  const { issuer, customer } = await partiesOf(tx, await issuerOf(tx, organisationId), organisationId);
  const time = timeIn(await readSetting(tx, "billing.timeZone", organisationId));
  const state = quoteStateAt(row, at);
  const shown = amountIn(currency);
  const until = expiresAt ? time(expiresAt) : "";
  return {
    title: "Quote",
    number,
    mark: MARKS[state],
    locale: LOCALE,
    createdAt,
    issuer: shownParty("From", issuer),
    customer: shownParty("For", customer),
    facts: [
      { label: "Quote number", value: number },
      { label: "Made", value: time(createdAt) },
      ...(expiresAt ? [{ label: "Price kept until", value: until }] : []),
      ...(row.vm ? [{ label: "Price of", value: PER[interval] }] : []),
    ],
    columns: columnsIn(currency),
    rows: tableOf(row, shown),
    totals: totalsOf(row, shown),
    notes: notesOf(row, state, until),
  };
};

const amountIn =
  (currency: Currency) =>
  (minorUnits: bigint): string =>
    formatMoney({ minorUnits, currency }, LOCALE);
