import { type Sealer, systemCaller, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Int,
  Mutation,
  type OperationContext,
  outcome,
  problemOf,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { User } from "../members/members.types.js";
import { ownRolesById } from "../roles/own-roles.js";
import { builtInRole } from "../roles/roles.js";
import { roleOf } from "../roles/roles.resolver.js";
import { Role } from "../roles/roles.types.js";
import { type OrganisationNode, organisationsById } from "../tree/tree.js";
import { Organisation } from "../tree/tree.types.js";
import { resendInvitation, revokeInvitation } from "./changing.js";
import { type InvitationRow, invitationsInOrder, invitationsOf, stateOf } from "./invitations.js";
import {
  Invitation,
  InvitationConnection,
  InvitationPreview,
  InvitationResult,
  InvitationState,
  InviteMembersInput,
  InviteMembersResult,
  ResendInvitationInput,
  RevokeInvitationInput,
} from "./invitations.types.js";
import { faultOf, inviteMembers } from "./inviting.js";
import { previewOf } from "./preview.js";

const INVITES = '@requiresScopes(scopes: [["member:invite"]])';
/** A token has 43 characters: what is longer is none, and not worth a hash. */
const LONGEST_TOKEN = 100;
/** Of what somebody gave for an e-mail. */
const LONGEST_SHOWN = 254;

@Resolver(() => Organisation)
export class OrganisationInvitationsResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["member:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => InvitationConnection, { nullable: true })
  invitations(
    @Root() node: OrganisationNode,
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("state", () => [InvitationState], { nullable: true }) state?: (keyof typeof InvitationState)[],
  ) {
    return context.read((tx) => invitationsOf(tx, node.id, { first, after }, state ?? null, this.clock()));
  }
}

@Resolver(() => Invitation)
export class InvitationResolver {
  constructor(private readonly parts: { sealer: Sealer; clock: () => Date }) {}

  @Query(() => InvitationPreview, {
    nullable: true,
    description:
      "The invitation behind a mailed token, so that the page can greet; null when it is unknown, used or too old. Public.",
  })
  invitation(@Arg("token", () => String) token: string, @Ctx() context: OperationContext) {
    if (token.length > LONGEST_TOKEN) return null;
    const system = systemCaller("invitation preview", context.caller);
    return context.readAs(system, (tx) => previewOf(tx, token, this.parts.clock()));
  }

  @Directive(INVITES)
  @Mutation(() => InviteMembersResult as never, {
    nullable: true,
    description: "Up to 100 e-mails at once; each gets its own invitation, a bad one does not stop the others.",
  })
  inviteMembers(@Arg("input", () => InviteMembersInput) input: InviteMembersInput, @Ctx() context: OperationContext) {
    const { sealer, clock } = this.parts;
    return outcome(InviteMembersResult, async () => {
      const { invitationIds, refused } = await context.write((tx) => inviteMembers(tx, input, sealer, clock()));
      return {
        invitations: await context.read((tx) => invitationsInOrder(tx, invitationIds)),
        refused: refused.map((refusal) => ({
          email: (input.emails[refusal.index] ?? "").trim().slice(0, LONGEST_SHOWN),
          problem: problemOf(faultOf(refusal)),
        })),
      };
    });
  }

  @Directive(INVITES)
  @Mutation(() => InvitationResult as never, {
    nullable: true,
    description: "A new token and 7 days more; the old token ends.",
  })
  resendInvitation(
    @Arg("input", () => ResendInvitationInput) { invitationId }: ResendInvitationInput,
    @Ctx() context: OperationContext,
  ) {
    const { sealer, clock } = this.parts;
    return this.change(context, (tx) => resendInvitation(tx, invitationId, sealer, clock()));
  }

  @Directive(INVITES)
  @Mutation(() => InvitationResult as never, { nullable: true })
  revokeInvitation(
    @Arg("input", () => RevokeInvitationInput) { invitationId }: RevokeInvitationInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, (tx) => revokeInvitation(tx, invitationId, this.parts.clock()));
  }

  @FieldResolver(() => Organisation)
  organisation(@Root() row: InvitationRow, @Ctx() context: OperationContext) {
    return context.loader(organisationsById).load(row.organisationId);
  }

  @FieldResolver(() => [Role])
  async roles(@Root() row: InvitationRow, @Ctx() context: OperationContext) {
    const place = await context.loader(organisationsById).load(row.organisationId);
    const roles = await Promise.all(row.roleIds.map((id) => builtInRole(id) ?? context.loader(ownRolesById).load(id)));
    // One that was deleted since is left out.
    return place ? roles.flatMap((role) => (role ? [roleOf(role, place.kind)] : [])) : [];
  }

  @FieldResolver(() => InvitationState)
  state(@Root() row: InvitationRow): keyof typeof InvitationState {
    return stateOf(row, this.parts.clock());
  }

  @FieldResolver(() => User, { nullable: true })
  invitedBy(@Root() row: InvitationRow) {
    return row.invitedBy === null ? null : { id: row.invitedBy };
  }

  @FieldResolver(() => User, { nullable: true })
  acceptedBy(@Root() row: InvitationRow) {
    return row.acceptedBy === null ? null : { id: row.acceptedBy };
  }

  private change(context: OperationContext, work: (tx: Tx) => Promise<string>) {
    return outcome(InvitationResult, async () => {
      const id = await context.write(work);
      const [row] = await context.read((tx) => invitationsInOrder(tx, [id]));
      return row;
    });
  }
}
