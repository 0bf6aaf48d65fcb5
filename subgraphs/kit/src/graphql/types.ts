import { Arg, Directive, Field, ID, InputType, Int, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import type { ForbiddenReason as Reason, RefusedField } from "../faults/fault.js";
import { type Money as Amount, formatMoney } from "../money/money.js";
import { type ErrorCode as Code, ERROR_CODES } from "../protocol/error-codes.js";
import { BigIntScalar, CurrencyScalar, DateTime, LocaleScalar } from "./scalars.js";

const enumOf = <Name extends string>(...names: Name[]): { [Key in Name]: Key } =>
  Object.fromEntries(names.map((name) => [name, name])) as { [Key in Name]: Key }; // keys equal values by construction

/** An enum of the graph: each name is its own value. */
export const graphEnum = <Name extends string>(
  name: string,
  description: string,
  ...names: Name[]
): { [Key in Name]: Key } => {
  const values = enumOf(...names);
  registerEnumType(values, { name, description });
  return values;
};

export const ErrorCode = graphEnum(
  "ErrorCode",
  "The closed set of error codes; also extensions.code of unexpected errors.",
  ...ERROR_CODES,
);
export const ForbiddenReason = graphEnum(
  "ForbiddenReason",
  "SELF_APPROVAL: the payer's own organisation would approve. NOT_BELOW: acts only on organisations below one's own. POLICY: a setting or built-in rule forbids it.",
  "ORGANISATION_SUSPENDED",
  "ORGANISATION_CLOSED",
  "MISSING_PERMISSION",
  "SELF_APPROVAL",
  "NOT_BELOW",
  "POLICY",
);
export const OrderDirection = graphEnum("OrderDirection", "Of every order input.", "ASCENDING", "DESCENDING");
export const Severity = graphEnum("Severity", "Of incidents and notifications.", "INFO", "WARNING", "CRITICAL");
export const StorageClass = graphEnum("StorageClass", "Of disks and their price.", "STANDARD", "SSD", "NVME");

@Directive("@shareable")
@ObjectType({ description: "Relay paging; lists go forward only (first at most 100, after)." })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage: boolean;

  @Field(() => Boolean)
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true })
  startCursor: string | null;

  @Field(() => String, { nullable: true })
  endCursor: string | null;
}

@InputType({ description: "Half-open period: from <= t < to." })
export class PeriodInput {
  @Field(() => DateTime)
  from: Date;

  @Field(() => DateTime)
  to: Date;
}

@Directive("@shareable")
@ObjectType({
  description:
    "An amount. minorUnits of the currency (cents for ZAR), never a float; formatted for the locale given, else the organisation's (so it can be shared).",
})
export class Money {
  @Field(() => BigIntScalar)
  minorUnits: bigint;

  @Field(() => CurrencyScalar)
  currency: Amount["currency"];

  @Field(() => String)
  formatted(@Arg("locale", () => LocaleScalar, { nullable: true }) locale?: string): string {
    return formatMoney(this, locale ?? undefined);
  }
}

@InterfaceType({
  description:
    "An expected outcome of a mutation other than success. message is for people, in the caller's locale; the type and code are for programs.",
  // Else the implementations of one subgraph would appear in every other one of the process.
  autoRegisterImplementations: false,
  resolveType: (value: object) => value.constructor.name,
})
export abstract class Problem {
  @Field(() => ErrorCode)
  code: Code;

  @Field(() => String)
  message: string;
}

@Directive("@shareable")
@ObjectType({
  implements: Problem,
  description: "Nothing with this id inside the caller's estate (foreign ids look the same as unknown ones).",
})
export class NotFoundProblem extends Problem {
  @Field(() => ID, { nullable: true })
  id: string | null;
}

@Directive("@shareable")
@ObjectType({ implements: Problem, description: "Refused by a rule, see reason." })
export class ForbiddenProblem extends Problem {
  @Field(() => ForbiddenReason)
  reason: Reason;

  @Field(() => String, { nullable: true })
  permission: string | null;
}

@Directive("@shareable")
@ObjectType({
  implements: Problem,
  description: "State in the way, or an idempotencyKey used before with another input.",
})
export class ConflictProblem extends Problem {
  @Field(() => ID, { nullable: true })
  conflictingId: string | null;
}

@Directive("@shareable")
@ObjectType({
  description:
    "path leads from the input object to the field (list indices as text); reason is a stable word such as TOO_SHORT.",
})
export class FieldError {
  @Field(() => [String])
  path: string[];

  @Field(() => String)
  reason: string;

  @Field(() => String)
  message: string;
}

@Directive("@shareable")
@ObjectType({ implements: Problem, description: "Input refused, field by field." })
export class InvalidInputProblem extends Problem {
  @Field(() => [FieldError])
  fields: RefusedField[];
}

@Directive("@shareable")
@ObjectType({ implements: Problem, description: "Too often; try again later." })
export class RateLimitedProblem extends Problem {
  @Field(() => Int)
  retryAfterSeconds: number;
}
