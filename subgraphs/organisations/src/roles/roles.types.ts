import {
  ConflictProblem,
  Directive,
  Field,
  ForbiddenProblem,
  ID,
  InputType,
  Int,
  InvalidInputProblem,
  NotFoundProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";
import { RoleRefusedProblem } from "./problems.js";

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

export const RoleResult = resultUnion(
  "RoleResult",
  [Role],
  [NotFoundProblem, RoleRefusedProblem, ForbiddenProblem, ConflictProblem, InvalidInputProblem],
);

@InputType()
export class CreateRoleInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string;

  @Field(() => String)
  name: string;

  @Field(() => String, { nullable: true })
  description?: string;

  @Field(() => [String])
  permissions: string[];
}

@InputType({ description: "Fields left out stay; null clears description." })
export class UpdateRoleInput {
  @Field(() => ID)
  roleId: string;

  @Field(() => String, { nullable: true })
  name?: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => [String], { nullable: true })
  permissions?: string[];
}

@InputType()
export class DeleteRoleInput {
  @Field(() => ID)
  roleId: string;
}
