import {
  connectionType,
  DateTime,
  Directive,
  ErrorCode,
  Field,
  graphEnum,
  ID,
  InputType,
  JsonScalar,
  ObjectType,
  PeriodInput,
} from "@tollgate/kit/graphql";
import type { ErrorCode as Code } from "@tollgate/kit/protocol";

export const ActorKind = graphEnum("ActorKind", "SYSTEM is a job or event handler.", "USER", "API_KEY", "SYSTEM");
export const AuditOutcome = graphEnum(
  "AuditOutcome",
  "REFUSED: the caller might not; FAILED: something broke.",
  "SUCCEEDED",
  "REFUSED",
  "FAILED",
);

@Directive('@requiresScopes(scopes: [["audit:read"]])')
@ObjectType({
  description:
    "One line of the trail: append-only, chained by hash per organisation. Secrets in before and after are masked.",
})
export class AuditEntry {
  @Field(() => ID)
  id: string;

  @Field(() => DateTime)
  at: Date;

  @Field(() => ActorKind)
  actorKind: "USER" | "API_KEY" | "SYSTEM";

  @Field(() => ID, { nullable: true, description: "Of the user, API key or job." })
  actorId: string | null;

  @Field(() => String, { description: "resource:action of the permission that was asked." })
  action: string;

  @Field(() => String)
  resource: string;

  @Field(() => ID, { nullable: true })
  resourceId: string | null;

  @Field(() => JsonScalar, { nullable: true })
  before: unknown;

  @Field(() => JsonScalar, { nullable: true })
  after: unknown;

  @Field(() => AuditOutcome)
  outcome: "SUCCEEDED" | "REFUSED" | "FAILED";

  @Field(() => ErrorCode, { nullable: true })
  problem: Code | null;

  @Field(() => String)
  subgraph: string;

  @Field(() => String, { nullable: true })
  address: string | null;

  @Field(() => String, { nullable: true })
  userAgent: string | null;

  @Field(() => String, { nullable: true })
  requestId: string | null;
}

export const AuditEntryConnection = connectionType("AuditEntry", () => AuditEntry, { totalCount: false });

@InputType()
export class AuditFilter {
  @Field(() => ID, { nullable: true })
  organisationId?: string;

  @Field(() => String, { nullable: true })
  resource?: string;

  @Field(() => ID, { nullable: true })
  resourceId?: string;

  @Field(() => ID, { nullable: true })
  actorId?: string;

  @Field(() => [String], { nullable: true })
  action?: string[];

  @Field(() => [AuditOutcome], { nullable: true })
  outcome?: ("SUCCEEDED" | "REFUSED" | "FAILED")[];

  @Field(() => Boolean, { nullable: true })
  securityOnly?: boolean;

  @Field(() => PeriodInput, { nullable: true })
  period?: PeriodInput;
}
