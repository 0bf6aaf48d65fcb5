import { holds, requireUser } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Int,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { countRoles } from "../roles/counts.js";
import { PERMISSIONS } from "../roles/permissions.js";
import { BUILT_IN_ROLES, permissionsOfRole, permissionsOfRoles, type RoleDefinition } from "../roles/roles.js";
import { Permission, Role } from "../roles/roles.types.js";
import { type OrganisationNode, organisationsById } from "../tree/tree.js";
import { Organisation } from "../tree/tree.types.js";
import { type MemberRecord, membersByUser, membersOf } from "./members.js";
import { Member, MemberConnection, MemberFilter, User } from "./members.types.js";

/** A role as the graph shows it: what it allows depends on the kind of organisation. */
export const roleOf = (role: RoleDefinition, kind: OrganisationNode["kind"], memberCount: number | null = null): Role =>
  Object.assign(new Role(), {
    id: role.id,
    name: role.name,
    description: role.description,
    isBuiltIn: true,
    permissions: permissionsOfRole(role, kind),
    memberCount,
  });

@Resolver(() => Organisation)
export class OrganisationMembersResolver {
  @Directive("@authenticated")
  @Directive("@listSize(assumedSize: 100)")
  @Query(() => [Permission], {
    nullable: true,
    description: "The registry of all permissions; the matrix page is drawn from it.",
  })
  permissions() {
    return PERMISSIONS;
  }

  @Directive('@requiresScopes(scopes: [["member:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => MemberConnection, { nullable: true })
  members(
    @Root() node: OrganisationNode,
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("filter", () => MemberFilter, { nullable: true }) filter?: MemberFilter,
  ) {
    return context.read((tx) => membersOf(tx, node.id, { first, after }, filter?.roleId ?? null));
  }

  @Directive('@requiresScopes(scopes: [["role:read"]])')
  @Directive("@listSize(assumedSize: 20)")
  @FieldResolver(() => [Role], {
    nullable: true,
    description: "Built-in roles and the organisation's own: with permissions, the matrix.",
  })
  async roles(@Root() node: OrganisationNode, @Ctx() context: OperationContext) {
    const counts = await context.loader(countRoles).load(node.id);
    return BUILT_IN_ROLES.map((role) => roleOf(role, node.kind, counts?.get(role.id) ?? 0));
  }
}

@Resolver(() => Member)
export class MemberResolver {
  @FieldResolver(() => User, { nullable: true })
  user(@Root() member: MemberRecord) {
    return { id: member.userId };
  }

  @FieldResolver(() => Organisation)
  organisation(@Root() member: MemberRecord, @Ctx() context: OperationContext) {
    return context.loader(organisationsById).load(member.organisationId);
  }

  @FieldResolver(() => [Role])
  roles(@Root() member: MemberRecord) {
    return member.roles.map((role) => roleOf(role, member.organisationKind));
  }

  @FieldResolver(() => User, { nullable: true })
  invitedBy(@Root() member: MemberRecord) {
    return member.invitedBy === null ? null : { id: member.invitedBy };
  }
}

@Resolver(() => User)
export class UserMembershipResolver {
  @Directive("@authenticated")
  @FieldResolver(() => Organisation, { nullable: true })
  async organisation(@Root() user: User, @Ctx() context: OperationContext) {
    const member = await context.loader(membersByUser).load(user.id);
    return member && context.loader(organisationsById).load(member.organisationId);
  }

  @Directive("@authenticated")
  @Directive("@listSize(assumedSize: 5)")
  @FieldResolver(() => [Role], { nullable: true })
  async roles(@Root() user: User, @Ctx() context: OperationContext) {
    const member = await context.loader(membersByUser).load(user.id);
    return member?.roles.map((role) => roleOf(role, member.organisationKind)) ?? null;
  }

  @Directive("@authenticated")
  @Directive('@tag(name: "per-person")')
  @Directive("@listSize(assumedSize: 40)")
  @FieldResolver(() => [String], {
    nullable: true,
    description:
      "All permissions of the user's roles, sorted: what the interface may offer. Of oneself, or with member:read.",
  })
  async permissions(@Root() user: User, @Ctx() context: OperationContext) {
    const isSelf = requireUser(context.caller).userId === user.id;
    if (!isSelf && !holds(context.caller, "member:read")) return null;
    const member = await context.loader(membersByUser).load(user.id);
    return member && permissionsOfRoles(member.roles, member.organisationKind);
  }
}

/** A role by its key. What it allows is said for the kind of the caller's own organisation. */
export const resolveRole = async ({ id }: { id: string }, context: OperationContext): Promise<Role | null> => {
  const role = BUILT_IN_ROLES.find((candidate) => candidate.id === id);
  if (!role) return null;
  const own = await context.loader(organisationsById).load(requireUser(context.caller).organisationId);
  return own && roleOf(role, own.kind);
};
