import { connectionType, DateTime, Directive, Field, ID, InputType, ObjectType } from "@tollgate/kit/graphql";

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
