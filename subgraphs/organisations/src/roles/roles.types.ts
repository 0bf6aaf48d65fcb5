import { Directive, Field, ID, Int, ObjectType } from "@tollgate/kit/graphql";

@ObjectType({ description: "key is resource:action; sentence says what it allows." })
export class Permission {
  @Field(() => String)
  key: string;

  @Field(() => String)
  resource: string;

  @Field(() => String)
  action: string;

  @Field(() => String)
  sentence: string;
}

@Directive('@key(fields: "id")')
@Directive("@authenticated")
@ObjectType({ description: "isBuiltIn: owner, admin, billing, technical, support, viewer." })
export class Role {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  name: string;

  @Field(() => String, { nullable: true })
  description: string | null;

  @Field(() => Boolean)
  isBuiltIn: boolean;

  @Field(() => [Permission])
  permissions: Permission[];

  /** Members that have it, of the organisation it was asked for. */
  @Field(() => Int, { nullable: true })
  memberCount: number | null;
}
