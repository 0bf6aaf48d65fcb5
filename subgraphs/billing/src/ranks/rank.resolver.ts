import type { Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  InvalidInputProblem,
  Mutation,
  NotFoundProblem,
  ObjectType,
  type OperationContext,
  outcome,
  Resolver,
  Root,
  resultUnion,
} from "@tollgate/kit/graphql";
import { Vm } from "../entities.js";
import { rankingOf, rankVms, stopRanks } from "./ranks.js";

@InputType({ description: "First stops last." })
export class RankVmsInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => [ID])
  vmIds: string[];
}

@ObjectType({ description: "The ranking now; first stops last." })
export class RankedVms {
  @Field(() => [Vm], { nullable: "items" })
  vms: Vm[];
}

const RankVmsResult = resultUnion("RankVmsResult", [RankedVms], [NotFoundProblem, InvalidInputProblem]);

@Resolver(() => Vm)
export class RankResolver {
  @Directive('@requiresScopes(scopes: [["wallet:configure"]])')
  @Mutation(() => RankVmsResult as never, {
    nullable: true,
    description: "The order in which machines stop when the money ends; those not named stop first.",
  })
  rankVms(@Arg("input", () => RankVmsInput) input: RankVmsInput, @Ctx() context: OperationContext) {
    return outcome(RankVmsResult, async () => {
      const ranking = { organisationId: input.organisationId ?? null, vmIds: input.vmIds };
      const organisationId = await context.write((tx) => rankVms(tx, ranking));
      const vmIds = await context.read((tx) => rankingOf(tx, organisationId));
      return Object.assign(new RankedVms(), { vms: vmIds.map((id) => Object.assign(new Vm(), { id })) });
    });
  }

  @Directive('@requiresScopes(scopes: [["wallet:read"]])')
  @FieldResolver(() => Int, { nullable: true, description: "1 stops last; null is not ranked." })
  stopRank(@Root() { id }: Vm, @Ctx() context: OperationContext) {
    return context.loader(this.ranks).load(id);
  }

  private readonly ranks = (tx: Tx, vmIds: readonly string[]) => stopRanks(tx, vmIds);
}
