import {
  connectionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  ID,
  InputType,
  NotFoundProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";
import { RoleRefusedProblem } from "../roles/problems.js";

@Directive('@key(fields: "id")')
@ObjectType()
export class User {
  @Field(() => ID)
  id: string;
}

@Directive('@requiresScopes(scopes: [["member:read"]])')
@ObjectType({ description: "A user's place in its organisation; id is the membership's own." })
export class Member {
  @Field(() => ID)
  id: string;

  @Field(() => User, { nullable: true })
  user: User | null;

  @Field(() => DateTime)
  joinedAt: Date;

  @Field(() => User, { nullable: true })
  invitedBy: User | null;
}

export const MemberConnection = connectionType("Member", () => Member, { totalCount: true });

@InputType()
export class MemberFilter {
  @Field(() => ID, { nullable: true })
  roleId?: string;
}

export const MemberResult = resultUnion(
  "MemberResult",
  [Member],
  [NotFoundProblem, RoleRefusedProblem, ForbiddenProblem],
);

@InputType()
export class AssignRolesInput {
  @Field(() => ID)
  memberId: string;

  @Field(() => [ID])
  roleIds: string[];
}

@InputType()
export class RemoveMemberInput {
  @Field(() => ID)
  memberId: string;
}
