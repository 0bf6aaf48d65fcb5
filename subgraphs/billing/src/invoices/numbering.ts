import { readSetting, type Tx } from "@tollgate/kit";

/** Documents that are numbered without gaps, and what their numbers begin with. */
const PREFIXES = { INVOICE: "INV", CREDIT_NOTE: "CN" } as const;

/** The year on an issuer's calendar. */
const yearIn = (timeZone: string, at: Date): number =>
  Number(new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric" }).format(at));

/**
 * The issuer's next number of the year, such as `INV-2026-000042`. Whoever else wants one waits until this transaction
 * ends: take it last, when everything that is locked is locked.
 */
export const nextNumber = async (tx: Tx, issuerId: string, kind: keyof typeof PREFIXES, at: Date): Promise<string> => {
  const year = yearIn(await readSetting(tx, "billing.timeZone", issuerId), at);
  const [row] = await tx.sql<
    { number: number }[]
  >`select next_document_number(${issuerId}, ${kind}, ${year}) as number`;
  if (!row) throw new Error("a counter gave no number");
  return `${PREFIXES[kind]}-${year}-${row.number.toString().padStart(6, "0")}`;
};
