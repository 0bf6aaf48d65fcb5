import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Info,
  Int,
  type OperationContext,
  PeriodInput,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { type SelectionInfo, selectsOnlyId } from "../live/selection.js";
import type { Machine } from "../machines/machine.js";
import { Vm } from "../machines/machine.types.js";
import { machinesById, requireMachine } from "../machines/machines.js";
import type { Metric as MetricName, Sample } from "./metrics.js";
import { Metric, MetricWindow, VmSample } from "./sample.types.js";
import { latestSamples } from "./samples.js";
import { requireWindow, type WindowRequest, windows } from "./window.js";

@Resolver(() => Vm)
export class MachineSamplesResolver {
  @FieldResolver(() => VmSample, { nullable: true, description: "The newest sample; null before the first." })
  latest(@Root() machine: Machine, @Ctx() context: OperationContext): Promise<Sample | null> {
    return context.loader(latestSamples).load(machine.id);
  }

  @Directive("@cost(weight: 10)")
  @FieldResolver(() => MetricWindow, {
    nullable: true,
    description:
      "Samples for a chart: the level (raw, 5 min, 1 h) follows from the period and maxPoints (at most 2,000); extremes are kept.",
  })
  window(
    @Root() machine: Machine,
    @Arg("metrics", () => [Metric]) metrics: MetricName[],
    @Arg("period", () => PeriodInput) period: PeriodInput,
    @Arg("maxPoints", () => Int, { nullable: true, defaultValue: 300 }) maxPoints: number | null,
    @Ctx() context: OperationContext,
  ) {
    const request: WindowRequest = {
      vmId: machine.id,
      metrics: [...new Set(metrics)],
      period,
      maxPoints: maxPoints ?? 300,
    };
    requireWindow(request);
    return context.loader(windows).load(request);
  }
}

@Resolver(() => VmSample)
export class SampleMachineResolver {
  /** A live stream that asks for the machine's id alone costs no query. */
  @FieldResolver(() => Vm)
  async vm(@Root() sample: Sample, @Ctx() context: OperationContext, @Info() info: SelectionInfo) {
    if (selectsOnlyId(info)) return { id: sample.vmId };
    return requireMachine(sample.vmId, await context.loader(machinesById).load(sample.vmId));
  }
}
