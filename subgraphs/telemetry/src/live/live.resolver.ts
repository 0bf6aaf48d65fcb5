import type { SubgraphKit } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Info,
  type OperationContext,
  Resolver,
  Root,
  type SubscribeArguments,
  Subscription,
} from "@tollgate/kit/graphql";
import { Organisation } from "../entities.js";
import { FleetPulse } from "../fleet/fleet.types.js";
import type { Pulse, Pulses } from "../fleet/pulses.js";
import { Vm, VmStateChange } from "../machines/machine.types.js";
import { machinesById, requireMachine } from "../machines/machines.js";
import { VmSample } from "../samples/sample.types.js";
import type { LiveHub, LiveSample } from "./hub.js";
import { liveScope, requireStreamable, type Wanted } from "./scope.js";
import { type SelectionInfo, selectsOnlyId } from "./selection.js";
import { type StreamedStateChange, watchStates } from "./states.js";
import { samplesOf, watchLive } from "./watch.js";

@Resolver()
export class LiveResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly hub: LiveHub,
    private readonly pulses: Pulses,
  ) {}

  @Directive('@requiresScopes(scopes: [["vm:read"]])')
  @Directive('@tag(name: "partner")')
  @Directive('@tag(name: "newest-wins")')
  @Directive("@listSize(assumedSize: 20)")
  @Subscription(() => [VmSample], {
    description:
      "The newest sample of every machine chosen: ids (at most 200), else the estate of organisationId (at most 1,000 machines). The first event at once,\nthen at most one a second; each event is complete, so a slow client loses nothing it still needs. Newest wins.",
    subscribe: ({ args, context }: SubscribeArguments<Wanted>) => context.resolver(LiveResolver).samples(context, args),
  })
  vmSamples(
    @Root() samples: LiveSample[],
    @Arg("ids", () => [ID], { nullable: true }) _ids?: string[],
    @Arg("organisationId", () => ID, { nullable: true }) _organisationId?: string,
  ): LiveSample[] {
    return samples;
  }

  @Directive('@requiresScopes(scopes: [["vm:read"]])')
  @Directive('@tag(name: "newest-wins")')
  @Subscription(() => FleetPulse, {
    description: "Totals of the estate, at most once a second. Newest wins.",
    subscribe: ({ args, context }: SubscribeArguments<Wanted>) => context.resolver(LiveResolver).pulse(context, args),
  })
  fleetPulse(
    @Root() pulse: Pulse,
    @Arg("organisationId", () => ID, { nullable: true }) _organisationId?: string,
  ): Pulse {
    return pulse;
  }

  @Directive('@requiresScopes(scopes: [["vm:read"]])')
  @Directive('@tag(name: "partner")')
  @Subscription(() => VmStateChange, {
    description: "Never dropped; after replays what was missed.",
    subscribe: ({ args, context }: SubscribeArguments<Wanted & { after?: string | null }>) =>
      context.resolver(LiveResolver).states(context, args),
  })
  vmStateChanged(
    @Root() change: StreamedStateChange,
    @Arg("ids", () => [ID], { nullable: true }) _ids?: string[],
    @Arg("organisationId", () => ID, { nullable: true }) _organisationId?: string,
    @Arg("after", () => String, { nullable: true }) _after?: string,
  ): StreamedStateChange {
    return change;
  }

  async samples(context: OperationContext, wanted: Wanted) {
    const { database } = this.kit;
    const scope = await liveScope(database, context.caller, wanted);
    await requireStreamable(database, context.caller, scope);
    return watchLive(this.hub, database, context.caller, wanted, scope, (allowed) => samplesOf(this.hub, allowed));
  }

  async pulse(context: OperationContext, { organisationId }: Wanted) {
    const { database } = this.kit;
    const wanted = { organisationId };
    const scope = await liveScope(database, context.caller, wanted);
    return watchLive(this.hub, database, context.caller, wanted, scope, (allowed) =>
      this.pulses.of(allowed.organisationId),
    );
  }

  states(context: OperationContext, { after, ...wanted }: Wanted & { after?: string | null }) {
    return watchStates(this.kit, this.hub, context.caller, wanted, after);
  }
}

@Resolver(() => FleetPulse)
export class FleetPulseResolver {
  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() pulse: Pulse): Organisation {
    return { id: pulse.fleet.organisationId };
  }
}

@Resolver(() => VmStateChange)
export class StateChangeResolver {
  @FieldResolver(() => Vm)
  async vm(@Root() change: StreamedStateChange, @Ctx() context: OperationContext, @Info() info: SelectionInfo) {
    if (selectsOnlyId(info)) return { id: change.vmId };
    return requireMachine(change.vmId, await context.loader(machinesById).load(change.vmId));
  }
}
