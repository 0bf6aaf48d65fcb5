import { ConflictFault, requireUser } from "@tollgate/kit";
import { Arg, Ctx, Directive, Mutation, type OperationContext, outcome, Resolver } from "@tollgate/kit/graphql";
import { createOrganisation, moveOrganisation, renameOrganisation, type TreeChange } from "./changes.js";
import { askToClose } from "./closing.js";
import type { ClosingDesk } from "./closing-desk.js";
import { reactivate, suspend } from "./suspension.js";
import { organisationById } from "./tree.js";
import {
  CloseOrganisationInput,
  CreateOrganisationInput,
  MoveOrganisationInput,
  Organisation,
  OrganisationResult,
  ReactivateOrganisationInput,
  RenameOrganisationInput,
  SuspendOrganisationInput,
} from "./tree.types.js";

@Resolver(() => Organisation)
export class TreeMutationsResolver {
  constructor(private readonly desk: ClosingDesk) {}

  @Directive('@requiresScopes(scopes: [["organisation:create"]])')
  @Directive('@tag(name: "partner")')
  @Mutation(() => OrganisationResult as never, {
    nullable: true,
    description: "Below parentId (one's own when left out). No CUSTOMER above anybody, depth at most 8.",
  })
  createOrganisation(
    @Arg("input", () => CreateOrganisationInput) input: CreateOrganisationInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, () => context.write((tx) => createOrganisation(tx, input)));
  }

  @Directive('@requiresScopes(scopes: [["organisation:update"]])')
  @Mutation(() => OrganisationResult as never, { nullable: true })
  renameOrganisation(
    @Arg("input", () => RenameOrganisationInput) input: RenameOrganisationInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(OrganisationResult, async () => {
      requireUser(context.caller);
      const id = await context.write((tx) => renameOrganisation(tx, input.organisationId, input.name));
      return context.read((tx) => organisationById(tx, id));
    });
  }

  @Directive('@requiresScopes(scopes: [["organisation:move"]])')
  @Mutation(() => OrganisationResult as never, {
    nullable: true,
    description: "Moves a whole branch; every id stays, what is seen changes in all subgraphs within a second.",
  })
  moveOrganisation(
    @Arg("input", () => MoveOrganisationInput) input: MoveOrganisationInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, () => context.write((tx) => moveOrganisation(tx, input)));
  }

  @Directive('@requiresScopes(scopes: [["organisation:suspend"]])')
  @Mutation(() => OrganisationResult as never, {
    nullable: true,
    description: "May then read and pay; may not provision, power on or send messages. Counts for the branch below.",
  })
  suspendOrganisation(
    @Arg("input", () => SuspendOrganisationInput) input: SuspendOrganisationInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, () => context.write((tx) => suspend(tx, input.organisationId, input.reason)));
  }

  @Directive('@requiresScopes(scopes: [["organisation:suspend"]])')
  @Mutation(() => OrganisationResult as never, { nullable: true })
  reactivateOrganisation(
    @Arg("input", () => ReactivateOrganisationInput) input: ReactivateOrganisationInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, () => context.write((tx) => reactivate(tx, input.organisationId)));
  }

  @Directive('@requiresScopes(scopes: [["organisation:close"]])')
  @Mutation(() => OrganisationResult as never, {
    nullable: true,
    description:
      "For good: machines are deleted, sessions end; refused while organisations below are open or a wallet is not empty.",
  })
  closeOrganisation(
    @Arg("input", () => CloseOrganisationInput) input: CloseOrganisationInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, async () => {
      const asked = await context.write((tx) => askToClose(tx, input));
      const { organisationId, refusal, version } = await this.desk.ended(context.caller, asked);
      if (version === null) throw new ConflictFault(refusal ?? "It cannot be closed.", organisationId);
      return { id: organisationId, version: version.toString() };
    });
  }

  private change(context: OperationContext, work: () => Promise<TreeChange>) {
    return outcome(OrganisationResult, async () => {
      requireUser(context.caller);
      const { id, version } = await work();
      context.extensions.tenancyVersion = version;
      return context.read((tx) => organisationById(tx, id));
    });
  }
}
