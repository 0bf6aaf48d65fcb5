import { InvalidInputFault } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Info,
  Int,
  type OperationContext,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { type SelectionInfo, selectsOnlyId } from "../live/selection.js";
import { Vm } from "../machines/machine.types.js";
import { machinesById, requireMachine } from "../machines/machines.js";
import type { Metric as MetricName } from "../samples/metrics.js";
import { Metric } from "../samples/sample.types.js";
import { type Consumer as ConsumerValue, type Fleet as FleetValue, fleets, topConsumers } from "./fleet.js";
import { Consumer, Fleet } from "./fleet.types.js";

const MOST_CONSUMERS = 100;

@Resolver(() => Organisation)
export class OrganisationFleetResolver {
  @Directive('@requiresScopes(scopes: [["vm:read"]])')
  @Directive("@cost(weight: 10)")
  @FieldResolver(() => Fleet, { nullable: true })
  fleet(@Root() organisation: Organisation, @Ctx() context: OperationContext) {
    return context.loader(fleets).load(organisation.id);
  }
}

@Resolver(() => Fleet)
export class FleetResolver {
  @Directive('@listSize(slicingArguments: ["first"])')
  @FieldResolver(() => [Consumer])
  async topConsumers(
    @Root() fleet: FleetValue,
    @Arg("metric", () => Metric) metric: MetricName,
    @Arg("first", () => Int, { nullable: true, defaultValue: 5 }) first: number | null,
    @Ctx() context: OperationContext,
  ): Promise<ConsumerValue[]> {
    const number = first ?? 5;
    if (number < 1 || number > MOST_CONSUMERS) {
      throw InvalidInputFault.of("first", "OUT_OF_RANGE", `first must be from 1 to ${MOST_CONSUMERS}.`);
    }
    const request = { organisationId: fleet.organisationId, metric, first: number };
    return (await context.loader(topConsumers).load(request)) ?? [];
  }
}

@Resolver(() => Consumer)
export class ConsumerResolver {
  @FieldResolver(() => Vm)
  async vm(@Root() consumer: ConsumerValue, @Ctx() context: OperationContext, @Info() info: SelectionInfo) {
    if (selectsOnlyId(info)) return { id: consumer.vmId };
    return requireMachine(consumer.vmId, await context.loader(machinesById).load(consumer.vmId));
  }
}
