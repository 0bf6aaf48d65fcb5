import { homeOrganisation, requireUser } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Int,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { reactivate, suspend, type TreeChange } from "./suspension.js";
import { branchOf, estateOf, type OrganisationNode, organisationById, organisationsById } from "./tree.js";
import {
  Organisation,
  OrganisationConnection,
  OrganisationFilter,
  OrganisationOrder,
  OrganisationResult,
  ReactivateOrganisationInput,
  SuspendOrganisationInput,
} from "./tree.types.js";

@Resolver(() => Organisation)
export class TreeResolver {
  @Directive('@requiresScopes(scopes: [["organisation:read"]])')
  @Directive('@tag(name: "partner")')
  @Query(() => Organisation, {
    nullable: true,
    description: "One's own organisation (or the one narrowed to by x-organisation-id), or with id one of the estate.",
  })
  organisation(@Arg("id", () => ID, { nullable: true }) id: string | undefined, @Ctx() context: OperationContext) {
    return context.read((tx) => organisationById(tx, id ?? homeOrganisation(context.caller)));
  }

  @FieldResolver(() => Organisation, { nullable: true, description: "Null at the top of the caller's estate." })
  parent(@Root() node: OrganisationNode, @Ctx() context: OperationContext) {
    return node.parentId === null ? null : context.loader(organisationsById).load(node.parentId);
  }

  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @FieldResolver(() => OrganisationConnection, {
    description: "This organisation and all below it, paged, nearest first.",
  })
  estate(
    @Root() node: OrganisationNode,
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("filter", () => OrganisationFilter, { nullable: true }) filter?: OrganisationFilter,
    @Arg("order", () => OrganisationOrder, { nullable: true }) order?: OrganisationOrder,
  ) {
    return context.read((tx) => estateOf(tx, node, { first, after }, filter, order ?? undefined));
  }

  @Directive("@listSize(assumedSize: 200)")
  @FieldResolver(() => [Organisation], {
    description: "The branch as one flat list in tree order, down to depth levels below this one (at most 8).",
  })
  tree(
    @Root() node: OrganisationNode,
    @Ctx() context: OperationContext,
    @Arg("depth", () => Int, { nullable: true, defaultValue: 2 }) depth: number,
  ) {
    return context.read((tx) => branchOf(tx, node, depth));
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

  private change(context: OperationContext, work: () => Promise<TreeChange>) {
    return outcome(OrganisationResult, async () => {
      requireUser(context.caller);
      const { organisation, version } = await work();
      context.extensions.tenancyVersion = version;
      return organisation;
    });
  }
}
