import { requireUser } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { type OrganisationNode, organisationsById } from "../tree/tree.js";
import { Organisation } from "../tree/tree.types.js";
import { createRole, deleteRole, updateRole } from "./changing.js";
import { countRoles } from "./counts.js";
import { type OwnRole, ownRolesById, ownRolesOf } from "./own-roles.js";
import { PERMISSIONS } from "./permissions.js";
import { BUILT_IN_ROLES, builtInRole, permissionsOfRole, type RoleDefinition } from "./roles.js";
import { CreateRoleInput, DeleteRoleInput, Permission, Role, RoleResult, UpdateRoleInput } from "./roles.types.js";

/** A role in the graph. What it allows is said for a kind of organisation. */
export const roleOf = (role: RoleDefinition, kind: OrganisationKind, memberCount: number | null = null): Role =>
  Object.assign(new Role(), {
    id: role.id,
    name: role.name,
    description: role.description,
    isBuiltIn: role.isBuiltIn,
    permissions: permissionsOfRole(role, kind),
    memberCount,
  });

/** A role by its key: a built-in one for the kind of the caller's own organisation, an own one for that of its own. */
export const resolveRole = async ({ id }: { id: string }, context: OperationContext): Promise<Role | null> => {
  const built = builtInRole(id);
  const own = built ? null : await context.loader(ownRolesById).load(id);
  const role = built ?? own;
  if (!role) return null;
  const organisationId = own?.organisationId ?? requireUser(context.caller).organisationId;
  const place = await context.loader(organisationsById).load(organisationId);
  return place && roleOf(role, place.kind);
};

@Resolver(() => Organisation)
export class RolesResolver {
  @Directive("@authenticated")
  @Directive("@listSize(assumedSize: 100)")
  @Query(() => [Permission], {
    nullable: true,
    description: "The registry of all permissions; the matrix page is drawn from it.",
  })
  permissions() {
    return PERMISSIONS;
  }

  @Directive('@requiresScopes(scopes: [["role:read"]])')
  @Directive("@listSize(assumedSize: 20)")
  @FieldResolver(() => [Role], {
    nullable: true,
    description: "Built-in roles and the organisation's own: with permissions, the matrix.",
  })
  async roles(@Root() node: OrganisationNode, @Ctx() context: OperationContext) {
    const [counts, own] = await Promise.all([
      context.loader(countRoles).load(node.id),
      context.loader(ownRolesOf).load(node.id),
    ]);
    return [...BUILT_IN_ROLES, ...(own ?? [])].map((role) => roleOf(role, node.kind, counts?.get(role.id) ?? 0));
  }

  @Directive('@requiresScopes(scopes: [["role:manage"]])')
  @Mutation(() => RoleResult as never, { nullable: true })
  createRole(@Arg("input", () => CreateRoleInput) input: CreateRoleInput, @Ctx() context: OperationContext) {
    return this.answer(context, () => context.write((tx) => createRole(tx, input, new Date())));
  }

  @Directive('@requiresScopes(scopes: [["role:manage"]])')
  @Mutation(() => RoleResult as never, {
    nullable: true,
    description: "For all members who have it, within a second. Built-in roles are FORBIDDEN.",
  })
  updateRole(@Arg("input", () => UpdateRoleInput) input: UpdateRoleInput, @Ctx() context: OperationContext) {
    return this.answer(context, () => context.write((tx) => updateRole(tx, input, new Date())));
  }

  @Directive('@requiresScopes(scopes: [["role:manage"]])')
  @Mutation(() => RoleResult as never, {
    nullable: true,
    description: "CONFLICT while members have it or an open invitation promises it.",
  })
  deleteRole(@Arg("input", () => DeleteRoleInput) input: DeleteRoleInput, @Ctx() context: OperationContext) {
    return this.answer(context, () => context.write((tx) => deleteRole(tx, input.roleId, new Date())));
  }

  /** The role as its organisation's kind bounds it; one that is gone has no members. */
  private answer(context: OperationContext, work: () => Promise<OwnRole>) {
    return outcome(RoleResult, async () => {
      requireUser(context.caller);
      const role = await work();
      const [place, counts] = await Promise.all([
        context.loader(organisationsById).load(role.organisationId),
        context.loader(countRoles).load(role.organisationId),
      ]);
      return roleOf(role, place?.kind ?? "CUSTOMER", counts?.get(role.id) ?? 0);
    });
  }
}
