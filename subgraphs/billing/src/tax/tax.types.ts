import {
  ConflictProblem,
  DateTime,
  Field,
  ForbiddenProblem,
  InputType,
  Int,
  InvalidInputProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";

@ObjectType({ description: "A row of the tax rate table; country is ISO 3166 alpha-2." })
export class TaxRate {
  @Field(() => String)
  country: string;

  @Field(() => String)
  name: string;

  @Field(() => Int)
  basisPoints: number;

  @Field(() => DateTime)
  effectiveFrom: Date;
}

export const TaxRateResult = resultUnion(
  "TaxRateResult",
  [TaxRate],
  [ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

@InputType()
export class SetTaxRateInput {
  @Field(() => String)
  country: string;

  @Field(() => String)
  name: string;

  @Field(() => Int)
  basisPoints: number;

  @Field(() => DateTime)
  effectiveFrom: Date;

  @Field(() => String)
  idempotencyKey: string;
}
