import { divideHalfEven, type Tx } from "@tollgate/kit";
import { and, asc, desc, eq, inArray, lte } from "drizzle-orm";
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

/** The rates that count in these countries at a moment, by country, in one statement. */
export const taxRatesAt = async (tx: Tx, countries: readonly string[], at: Date): Promise<Map<string, TaxRateRow>> => {
  const wanted = [...new Set(countries)];
  if (wanted.length === 0) return new Map();
  const rows = await tx.db
    .select()
    .from(taxRate)
    .where(and(inArray(taxRate.country, wanted), lte(taxRate.effectiveFrom, at)))
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
