import type { SettingType as Type } from "@tollgate/kit";
import {
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  Int,
  InvalidInputProblem,
  JsonScalar,
  NotFoundProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";
import type { OrganisationKind as Kind } from "@tollgate/kit/protocol";
import { OrganisationKind } from "../tree/tree.types.js";
import type { SettingSource as Source } from "./resolved.js";

export const SettingType = graphEnum(
  "SettingType",
  "SECRET is never returned. DURATION counts seconds; MONEY is {minorUnits, currency}; LIST has texts.",
  "BOOLEAN",
  "INTEGER",
  "STRING",
  "ENUM",
  "DURATION",
  "MONEY",
  "LIST",
  "SECRET",
);

export const SettingSource = graphEnum(
  "SettingSource",
  "The level a value comes from.",
  "ENVIRONMENT",
  "ORGANISATION",
  "ANCESTOR",
  "PLATFORM",
  "DEFAULT",
);

@ObjectType({
  description:
    "An entry of the registry. writeLevel is the lowest kind of organisation that may write it; what is INTERNAL is the platform's, and is written at the operator's own.",
})
export class SettingDefinition {
  @Field(() => String)
  key: string;

  @Field(() => SettingType)
  type: Type;

  @Field(() => String, { description: "A few words that name it." })
  title: string;

  @Field(() => String)
  description: string;

  @Field(() => JsonScalar, { nullable: true })
  default: unknown;

  @Field(() => [JsonScalar], { nullable: true, description: "Of an ENUM." })
  allowedValues: readonly unknown[] | null;

  @Field(() => Int, { nullable: true, description: "Of INTEGER and DURATION." })
  minimum: number | null;

  @Field(() => Int, { nullable: true, description: "Of INTEGER and DURATION." })
  maximum: number | null;

  @Field(() => String, { nullable: true, description: "What an INTEGER counts, in the plural: hours." })
  unit: string | null;

  @Field(() => Boolean)
  isSecret: boolean;

  @Field(() => OrganisationKind)
  writeLevel: Kind;

  @Field(() => String, { description: "The environment variable that has the last word about it." })
  variable: string;
}

@Directive('@requiresScopes(scopes: [["setting:read"]])')
@ObjectType({
  description:
    "A value as it resolves for one organisation: environment, then organisation, its ancestors, platform, default. Secrets: value is null, isSet tells.",
})
export class Setting {
  @Field(() => JsonScalar, { nullable: true })
  value: unknown;

  @Field(() => Boolean, { description: "Whether anything but the default counts." })
  isSet: boolean;

  @Field(() => SettingSource)
  source: Source;

  @Field(() => DateTime, { nullable: true })
  changedAt: Date | null;
}

@ObjectType({ description: "A setting as it resolves after a change." })
export class SettingChange {
  @Field(() => String)
  cursor: string;
}

export const SettingResult = resultUnion(
  "SettingResult",
  [Setting],
  [NotFoundProblem, ForbiddenProblem, InvalidInputProblem],
);

@InputType()
export class SetSettingInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string;

  @Field(() => String)
  key: string;

  @Field(() => JsonScalar)
  value: unknown;
}

@InputType()
export class ResetSettingInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string;

  @Field(() => String)
  key: string;
}
