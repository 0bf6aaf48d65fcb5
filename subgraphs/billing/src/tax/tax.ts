import { divideHalfEven, type Tx } from "@tollgate/kit";
import { and, asc, desc, eq, lte } from "drizzle-orm";
import { type TaxRateRow, taxRate } from "./tax.schema.js";

/** The rate that counts in a country at a moment; null: no tax is raised there. */
export const taxRateAt = async (tx: Tx, country: string, at: Date): Promise<TaxRateRow | null> => {
  const [row] = await tx.db
    .select()
    .from(taxRate)
    .where(and(eq(taxRate.country, country), lte(taxRate.effectiveFrom, at)))
    .orderBy(desc(taxRate.effectiveFrom))
    .limit(1);
  return row ?? null;
};

/** The rates that count at a moment, by country, in one statement: there are few. */
export const taxRatesAt = async (tx: Tx, at: Date): Promise<Map<string, TaxRateRow>> => {
  const rows = await tx.db
    .select()
    .from(taxRate)
    .where(lte(taxRate.effectiveFrom, at))
    .orderBy(asc(taxRate.effectiveFrom));
  return new Map(rows.map((row) => [row.country, row])); // the latest of each country comes last
};

/** When some rate begins, anywhere. */
export const taxTurns = async (tx: Tx): Promise<Date[]> => {
  const rows = await tx.db.select({ begin: taxRate.effectiveFrom }).from(taxRate);
  return rows.map(({ begin }) => begin);
};

/** The tax in an amount that holds it already, minor units, rounded half-even. */
export const taxWithin = (gross: bigint, rate: Pick<TaxRateRow, "basisPoints"> | null): bigint =>
  rate === null ? 0n : divideHalfEven(gross * BigInt(rate.basisPoints), 10_000n + BigInt(rate.basisPoints));
