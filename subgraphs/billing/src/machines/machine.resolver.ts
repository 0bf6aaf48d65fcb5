import type { Tx } from "@tollgate/kit";
import { Ctx, Directive, FieldResolver, Money, type OperationContext, Resolver, Root } from "@tollgate/kit/graphql";
import { Vm } from "../entities.js";
import { hourlyCosts } from "./machines.js";

@Resolver(() => Vm)
export class VmCostResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["usage:read"]])')
  @FieldResolver(() => Money, {
    nullable: true,
    description: "At the price list of now, in its present state, rounded, without tax; charges follow the exact rate.",
  })
  hourlyCost(@Root() { id }: Vm, @Ctx() context: OperationContext) {
    return context.loader(this.costs).load(id);
  }

  private readonly costs = (tx: Tx, vmIds: readonly string[]) => hourlyCosts(tx, vmIds, this.clock());
}
