import type { Currency } from "@tollgate/kit";
import { Field, ObjectType } from "@tollgate/kit/graphql";
import { TaxRate } from "../tax/tax.types.js";
import type { Explanation } from "./calculation.js";

@ObjectType({ description: "Where a line comes from; what does not apply is null." })
export class LineExplanation {
  /** By ids, as it was written with the line. */
  source: Explanation;

  /** Of the line. */
  currency: Currency;

  @Field(() => String, { nullable: true })
  hours: string | null;

  @Field(() => TaxRate, { nullable: true })
  taxRate: TaxRate | null;
}

export const shownExplanation = (source: Explanation, currency: Currency): LineExplanation => ({
  source,
  currency,
  hours: source.hours,
  taxRate: source.tax,
});
