import {
  ConflictProblem,
  connectionType,
  DateTime,
  Directive,
  EmailAddressScalar,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  InvalidInputProblem,
  NotFoundProblem,
  ObjectType,
  Problem,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";
import { User } from "../members/members.types.js";
import { RoleRefusedProblem } from "../roles/problems.js";

export const InvitationState = graphEnum(
  "InvitationState",
  "Of an invitation.",
  "PENDING",
  "ACCEPTED",
  "EXPIRED",
  "REVOKED",
);

@Directive('@requiresScopes(scopes: [["member:read"]])')
@ObjectType({
  description: "An invitation by e-mail: single use, 7 days; the token itself is only ever in the mail.",
})
export class Invitation {
  @Field(() => ID)
  id: string;

  @Field(() => EmailAddressScalar)
  email: string;

  @Field(() => User, { nullable: true })
  invitedBy: User | null;

  @Field(() => DateTime)
  createdAt: Date;

  @Field(() => DateTime)
  expiresAt: Date;

  @Field(() => DateTime, { nullable: true })
  acceptedAt: Date | null;

  @Field(() => User, { nullable: true })
  acceptedBy: User | null;
}

export const InvitationConnection = connectionType("Invitation", () => Invitation, { totalCount: true });

@ObjectType({ description: "What a person holding the token may see before registering." })
export class InvitationPreview {
  @Field(() => String)
  organisationName: string;

  @Field(() => EmailAddressScalar)
  email: string;

  @Field(() => [String])
  roleNames: string[];

  @Field(() => String, { nullable: true })
  invitedByName: string | null;

  @Field(() => DateTime)
  expiresAt: Date;
}

@ObjectType({ description: "An e-mail that got no invitation." })
export class RefusedInvitation {
  @Field(() => String)
  email: string;

  @Field(() => Problem)
  problem: Problem;
}

@ObjectType({ description: "Those sent and those refused, each with its reason." })
export class InvitationsSent {
  @Field(() => [Invitation])
  invitations: Invitation[];

  @Field(() => [RefusedInvitation])
  refused: RefusedInvitation[];
}

export const InviteMembersResult = resultUnion(
  "InviteMembersResult",
  [InvitationsSent],
  [NotFoundProblem, ForbiddenProblem, RoleRefusedProblem, InvalidInputProblem, ConflictProblem, RateLimitedProblem],
);

export const InvitationResult = resultUnion(
  "InvitationResult",
  [Invitation],
  [NotFoundProblem, ForbiddenProblem, RoleRefusedProblem, ConflictProblem, RateLimitedProblem],
);

@InputType()
export class InviteMembersInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string;

  @Field(() => [String], { description: "Text, so that one that is no e-mail address does not stop the others." })
  emails: string[];

  @Field(() => [ID])
  roleIds: string[];

  @Field(() => String)
  idempotencyKey: string;
}

@InputType()
export class ResendInvitationInput {
  @Field(() => ID)
  invitationId: string;
}

@InputType()
export class RevokeInvitationInput {
  @Field(() => ID)
  invitationId: string;
}
