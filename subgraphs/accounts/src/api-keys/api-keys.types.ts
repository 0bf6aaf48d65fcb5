import {
  ConflictProblem,
  connectionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  Int,
  InvalidInputProblem,
  NotFoundProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";

/** Of organisations. */
@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Organisation {
  @Field(() => ID)
  id: string;
}

export const ApiKeyState = graphEnum(
  "ApiKeyState",
  "ROTATING: old and new secret both work.",
  "ACTIVE",
  "ROTATING",
  "EXPIRED",
  "REVOKED",
);

@Directive('@requiresScopes(scopes: [["apiKey:read"]])')
@ObjectType({ description: "A partner's key: a bearer token with permissions of its own and its own rate limit." })
export class ApiKey {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  name: string;

  @Field(() => String, { description: "First characters of the secret, to recognise it by." })
  prefix: string;

  @Field(() => [String])
  permissions: string[];

  @Field(() => [String], { description: "CIDR ranges; empty means from anywhere." })
  allowedAddresses: string[];

  @Field(() => Int)
  requestsPerMinute: number;

  @Field(() => DateTime)
  createdAt: Date;

  @Field(() => DateTime, { nullable: true })
  expiresAt: Date | null;

  @Field(() => DateTime, { nullable: true, description: "To about a minute." })
  lastUsedAt: Date | null;

  @Field(() => String, { nullable: true })
  lastUsedFrom: string | null;
}

export const ApiKeyConnection = connectionType("ApiKey", () => ApiKey, { totalCount: true });

@ObjectType({ description: "secret appears in this answer only." })
export class ApiKeySecret {
  @Field(() => ApiKey)
  apiKey: object;

  @Field(() => String)
  secret: string;
}

export const ApiKeySecretResult = resultUnion(
  "ApiKeySecretResult",
  [ApiKeySecret],
  [NotFoundProblem, ForbiddenProblem, InvalidInputProblem, ConflictProblem],
);
export const ApiKeyResult = resultUnion("ApiKeyResult", [ApiKey], [NotFoundProblem]);

@InputType({ description: "requestsPerMinute is the platform's default when left out." })
export class CreateApiKeyInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string;

  @Field(() => String)
  name: string;

  @Field(() => [String])
  permissions: string[];

  @Field(() => DateTime, { nullable: true })
  expiresAt?: Date;

  @Field(() => [String], { nullable: true })
  allowedAddresses?: string[];

  @Field(() => Int, { nullable: true })
  requestsPerMinute?: number;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RotateApiKeyInput {
  @Field(() => ID)
  apiKeyId: string;

  @Field(() => Int, { nullable: true, defaultValue: 60 })
  overlapMinutes?: number;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RevokeApiKeyInput {
  @Field(() => ID)
  apiKeyId: string;
}
