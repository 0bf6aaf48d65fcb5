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
  OrderDirection,
  resultUnion,
} from "@tollgate/kit/graphql";
import type { OrganisationKind as Kind, OrganisationStatus as Status } from "@tollgate/kit/protocol";

export const OrganisationKind = graphEnum(
  "OrganisationKind",
  "INTERNAL is the operator, the one root.",
  "INTERNAL",
  "RESELLER",
  "CUSTOMER",
);
export const OrganisationStatus = graphEnum(
  "OrganisationStatus",
  "SUSPENDED may read and pay only; CLOSED is for good.",
  "ACTIVE",
  "SUSPENDED",
  "CLOSED",
);
export const OrganisationOrderBy = graphEnum(
  "OrganisationOrderBy",
  "What a list of organisations is sorted by.",
  "TREE",
  "NAME",
  "CREATED_AT",
);

@Directive('@key(fields: "id")')
@Directive('@requiresScopes(scopes: [["organisation:read"]])')
@ObjectType({ description: "A node of the tree." })
export class Organisation {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  name: string;

  @Field(() => OrganisationKind)
  kind: Kind;

  @Field(() => OrganisationStatus)
  status: Status;

  @Field(() => String, { nullable: true })
  statusReason: string | null;

  @Field(() => Int, { description: "0 for the root, at most 8." })
  depth: number;

  @Field(() => DateTime)
  createdAt: Date;

  @Field(() => DateTime, { nullable: true })
  closedAt: Date | null;
}

export const OrganisationConnection = connectionType("Organisation", () => Organisation, { totalCount: true });

@InputType()
export class OrganisationFilter {
  @Field(() => String, { nullable: true })
  search?: string;

  @Field(() => [OrganisationKind], { nullable: true })
  kind?: Kind[];

  @Field(() => [OrganisationStatus], { nullable: true })
  status?: Status[];

  @Field(() => ID, { nullable: true })
  parentId?: string;
}

@InputType()
export class OrganisationOrder {
  @Field(() => OrganisationOrderBy)
  by: "TREE" | "NAME" | "CREATED_AT";

  @Field(() => OrderDirection)
  direction: "ASCENDING" | "DESCENDING";
}

export const OrganisationResult = resultUnion(
  "OrganisationResult",
  [Organisation],
  [NotFoundProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

@InputType()
export class SuspendOrganisationInput {
  @Field(() => ID)
  organisationId: string;

  @Field(() => String)
  reason: string;
}

@InputType()
export class ReactivateOrganisationInput {
  @Field(() => ID)
  organisationId: string;
}

@InputType()
export class CreateOrganisationInput {
  @Field(() => ID, { nullable: true })
  parentId?: string;

  @Field(() => String)
  name: string;

  @Field(() => OrganisationKind)
  kind: Kind;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class RenameOrganisationInput {
  @Field(() => ID)
  organisationId: string;

  @Field(() => String)
  name: string;
}

@InputType()
export class MoveOrganisationInput {
  @Field(() => ID)
  organisationId: string;

  @Field(() => ID)
  newParentId: string;

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class CloseOrganisationInput {
  @Field(() => ID)
  organisationId: string;

  @Field(() => String)
  reason: string;

  @Field(() => String)
  idempotencyKey: string;
}
