import type { Tx } from "@tollgate/kit";
import { creditNotePaper, invoicePaper } from "../invoices/paper.js";
import { quotePaper } from "../quotes/quote-paper.js";
import { receiptPaper } from "../topups/receipt-paper.js";
import type { DocumentModel } from "./document-model.js";

/** Reads what is written on a document; null where there is none. Called by the system, for whoever has a link. */
export type DocumentReader = (tx: Tx, id: string, at: Date) => Promise<DocumentModel | null>;

/** What can be had as a document. */
export type PaperKind = "INVOICE" | "CREDIT_NOTE" | "QUOTE" | "RECEIPT";

/** Who reads what is written on each. */
export const PAPERS: Readonly<Record<PaperKind, DocumentReader>> = {
  INVOICE: invoicePaper,
  CREDIT_NOTE: creditNotePaper,
  QUOTE: quotePaper,
  RECEIPT: receiptPaper,
};
