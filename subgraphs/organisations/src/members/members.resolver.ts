import { holds, requireUser } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Int,
  Mutation,
  type OperationContext,
  outcome,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { permissionsOfRoles } from "../roles/roles.js";
import { roleOf } from "../roles/roles.resolver.js";
import { Role } from "../roles/roles.types.js";
import { type OrganisationNode, organisationsById } from "../tree/tree.js";
import { Organisation } from "../tree/tree.types.js";
import { assignRoles, removeMember } from "./changing.js";
import { type MemberRecord, membersByUser, membersOf } from "./members.js";
import {
  AssignRolesInput,
  Member,
  MemberConnection,
  MemberFilter,
  MemberResult,
  RemoveMemberInput,
  User,
} from "./members.types.js";

@Resolver(() => Organisation)
export class OrganisationMembersResolver {
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
}

@Resolver(() => Member)
export class MemberResolver {
  @Directive('@requiresScopes(scopes: [["member:manage"]])')
  @Mutation(() => MemberResult as never, {
    nullable: true,
    description:
      "Replaces a member's roles. Only roles whose every permission the caller holds; the last owner cannot be demoted.",
  })
  assignRoles(@Arg("input", () => AssignRolesInput) input: AssignRolesInput, @Ctx() context: OperationContext) {
    return outcome(MemberResult, () => context.write((tx) => assignRoles(tx, input.memberId, input.roleIds)));
  }

  @Directive('@requiresScopes(scopes: [["member:manage"]])')
  @Mutation(() => MemberResult as never, {
    nullable: true,
    description: "Ends a membership and deactivates the user; the last owner stays.",
  })
  removeMember(@Arg("input", () => RemoveMemberInput) input: RemoveMemberInput, @Ctx() context: OperationContext) {
    return outcome(MemberResult, () => context.write((tx) => removeMember(tx, input.memberId)));
  }

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
