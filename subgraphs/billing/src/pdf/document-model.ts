/** One side of a document. */
export interface DocumentParty {
  /** Such as `From`. */
  title: string;
  name: string;
  /** Address, numbers of registration and tax, each on a line of its own. */
  lines: readonly string[];
}

/** A column of the table; shares of the width add up to 1. */
export interface DocumentColumn {
  title: string;
  align: "left" | "right";
  share: number;
}

/** What is written on a document, in the words and figures of its reader: drawing it decides nothing. */
export interface DocumentModel {
  /** Such as `Tax invoice`. */
  title: string;
  number: string;
  /** Such as `Paid`; null for none. */
  mark: string | null;
  /** BCP 47, for whoever reads it aloud. */
  locale: string;
  /** When it came to be: the same document is the same bytes whenever it is drawn. */
  createdAt: Date;
  issuer: DocumentParty;
  customer: DocumentParty;
  /** Dates and references. */
  facts: readonly { label: string; value: string }[];
  columns: readonly DocumentColumn[];
  /** One cell for each column; a heading stands above the rows that belong to it. */
  rows: readonly { cells: readonly string[]; isHeading?: boolean }[];
  totals: readonly { label: string; value: string; isTotal?: boolean }[];
  /** Below everything: how to pay, why it was issued. */
  notes: readonly string[];
}

/** Beyond so many rows a table is no document; whoever makes one sums them up. */
export const MOST_ROWS = 2_000;
