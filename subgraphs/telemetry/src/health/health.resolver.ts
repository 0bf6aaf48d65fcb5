import { Ctx, FieldResolver, type OperationContext, Resolver, Root } from "@tollgate/kit/graphql";
import type { Machine } from "../machines/machine.js";
import { Vm } from "../machines/machine.types.js";
import { healthOf } from "./health.js";
import { Health } from "./health.types.js";

@Resolver(() => Vm)
export class HealthResolver {
  @FieldResolver(() => Health, { nullable: true })
  health(@Root() machine: Machine, @Ctx() context: OperationContext) {
    return context.loader(healthOf).load(machine.id);
  }
}
