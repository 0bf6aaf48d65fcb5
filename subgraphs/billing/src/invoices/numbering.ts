import { readSetting, type Tx } from "@tollgate/kit";

/** Documents that are numbered without gaps, and what their numbers begin with. */
const PREFIXES = { INVOICE: "INV", CREDIT_NOTE: "CN" } as const;

/** The year on an issuer's calendar. */
const yearIn = (timeZone: string, at: Date): number =>
  Number(new Intl.DateTimeFormat("en-US", { timeZone, year: "numeric" }).format(at));

/**
 * The issuer's next numbers of the year, such as `INV-2026-000042`, one after the other. Whoever else wants one waits
 * until this transaction ends: take them last, when everything that is locked is locked.
 */
export const nextNumbers = async (
  tx: Tx,
  issuerId: string,
  kind: keyof typeof PREFIXES,
  at: Date,
  count: number,
): Promise<string[]> => {
  const year = yearIn(await readSetting(tx, "billing.timeZone", issuerId), at);
  const [row] = await tx.sql<
    { last: number }[]
  >`select next_document_numbers(${issuerId}, ${kind}, ${year}, ${count}) as last`;
  if (!row) throw new Error("a counter gave no number");
  const first = row.last - count + 1;
  return Array.from(
    { length: count },
    (_, nth) => `${PREFIXES[kind]}-${year}-${(first + nth).toString().padStart(6, "0")}`,
  );
};

/** The issuer's next number of the year; see `nextNumbers`. */
export const nextNumber = async (tx: Tx, issuerId: string, kind: keyof typeof PREFIXES, at: Date): Promise<string> => {
  const [number] = await nextNumbers(tx, issuerId, kind, at, 1);
  if (number === undefined) throw new Error("a counter gave no number");
  return number;
};
