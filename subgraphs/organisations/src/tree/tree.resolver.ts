import { homeOrganisation } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Int,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { branchesOf, countEstates, type EstateRequest, estatesOf, requireDepth } from "./estate.js";
import { type OrganisationNode, organisationById, organisationsById } from "./tree.js";
import { Organisation, OrganisationConnection, OrganisationFilter, OrganisationOrder } from "./tree.types.js";

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
  async estate(
    @Root() node: OrganisationNode,
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("filter", () => OrganisationFilter, { nullable: true }) filter?: OrganisationFilter,
    @Arg("order", () => OrganisationOrder, { nullable: true }) order?: OrganisationOrder,
  ) {
    const request: EstateRequest = { root: node, page: { first, after }, filter: filter ?? {}, order: order ?? null };
    const page = await context.loader(estatesOf).load(request);
    return page && { ...page, count: async () => (await context.loader(countEstates).load(request)) ?? 0 };
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
    return context.loader(branchesOf).load({ root: node, depth: requireDepth(depth) });
  }
}
