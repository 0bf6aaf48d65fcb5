import { createHash } from "node:crypto";
import type { World } from "./world.js";

/** An invoice as both sides would compare it: nothing in it depends on when the simulation ran. */
export interface InvoiceText {
  number: string | null;
  organisationId: string;
  issuerId: string;
  text: string;
}

const INVOICES = `query ($after: String) { invoices(first: 100, after: $after) {
  nodes { number state issuer { id } organisation { id } periodFrom periodTo issuedAt dueAt paidAt remindersSent
    lines { kind description quantity unit unitPrice { minorUnits } amount { minorUnits } }
    subtotal { minorUnits } tax { minorUnits } total { minorUnits } amountDue { minorUnits }
    creditNotes { number amount { minorUnits } reason } }
  pageInfo { hasNextPage endCursor } } }`;

interface Shown {
  number: string | null;
  issuer: { id: string };
  organisation: { id: string };
}

interface InvoicePage {
  invoices: { nodes: Shown[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

/** All invoices of the estate, sorted by issuer, number and payer. */
export const invoicesOf = async (world: World): Promise<InvoiceText[]> => {
  const found: InvoiceText[] = [];
  const operator = world.person(world.estate.operator);
  for (let after: string | null = null; ; ) {
    const { invoices }: InvoicePage = await world.ask<InvoicePage>(INVOICES, { after }, operator);
    for (const invoice of invoices.nodes) {
      const { number, issuer, organisation } = invoice;
      found.push({ number, issuerId: issuer.id, organisationId: organisation.id, text: JSON.stringify(invoice) });
    }
    if (!invoices.pageInfo.hasNextPage) break;
    after = invoices.pageInfo.endCursor;
  }
  return found.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
};

const placeOf = ({ issuerId, number, organisationId, text }: InvoiceText): string =>
  `${issuerId} ${number ?? ""} ${organisationId} ${text}`;

/** One word for all invoices: equal where they are equal to the cent and the letter. */
export const digestOf = (invoices: readonly InvoiceText[]): string =>
  createHash("sha256")
    .update(invoices.map(({ text }) => text).join("\n"))
    .digest("hex");
