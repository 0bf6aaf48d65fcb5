import { type Currency, readSetting, type Tx } from "@tollgate/kit";
import { and, asc, eq, lte } from "drizzle-orm";
import { type Adjustments, adjustmentsThrough } from "../prices/adjustments.js";
import { adjusted, type Fraction, fraction } from "../prices/fraction.js";
import { type TaxRateRow, taxRate } from "../tax/tax.schema.js";

/** What is taken off prices of the catalogue and added to them for one organisation at a moment. */
export interface Terms {
  adjustments: Adjustments;
  /** Null: none is raised. */
  tax: TaxRateRow | null;
}

/** The terms at a moment; `charged` tells of revenue (net of tax) of the stretch itself, which counts from the next day on. */
export type TermsAt = ((at: Date) => Promise<Terms>) & { charged: (at: Date, minorUnits: bigint) => void };

/**
 * The terms of each moment of a stretch of time, from its first to its last; what they are does not depend on when, or in
 * how many steps, they are asked for.
 */
export const termsThrough = async (
  tx: Tx,
  organisationId: string,
  currency: Currency,
  from: Date,
  until: Date,
): Promise<TermsAt> => {
  const adjustmentsAt = await adjustmentsThrough(tx, organisationId, currency, from, until);
  const country = await readSetting(tx, "billing.country", organisationId);
  const rates = await tx.db
    .select()
    .from(taxRate)
    .where(and(eq(taxRate.country, country), lte(taxRate.effectiveFrom, until)))
    .orderBy(asc(taxRate.effectiveFrom));
  const at = async (moment: Date): Promise<Terms> => ({
    adjustments: await adjustmentsAt(moment),
    tax: rates.filter(({ effectiveFrom }) => effectiveFrom <= moment).at(-1) ?? null,
  });
  return Object.assign(at, { charged: adjustmentsAt.charged });
};

/** The terms of one moment. */
export const termsAt = async (tx: Tx, organisationId: string, currency: Currency, at: Date): Promise<Terms> =>
  (await termsThrough(tx, organisationId, currency, at, at))(at);

/** What is taken off, as it is frozen with a period. */
export interface Discounts {
  volumeBasisPoints: number;
  promotionBasisPoints: number;
}

/** A price after its discounts, each of what the one before left; exact. */
export const exactNet = (price: bigint, { volumeBasisPoints, promotionBasisPoints }: Discounts): Fraction =>
  adjusted(adjusted(fraction(price, 1n), -volumeBasisPoints), -promotionBasisPoints);
