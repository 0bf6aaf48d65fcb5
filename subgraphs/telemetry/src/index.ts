import { fileURLToPath } from "node:url";
import { organisationReferences, Receipts, type SubgraphDefinition } from "@tollgate/kit";
import { ForbiddenProblem, NotFoundProblem } from "@tollgate/kit/graphql";
import { Loop } from "@tollgate/kit/process";
import type { PowerFunds } from "@tollgate/kit/protocol";
import { thisHost } from "./adapters/host/host.js";
import type { Host } from "./adapters/host/reading.js";
import { SimulatedHypervisor } from "./adapters/simulated/hypervisor.js";
import { ConsumerResolver, FleetResolver, OrganisationFleetResolver } from "./fleet/fleet.resolver.js";
import { Pulses } from "./fleet/pulses.js";
import { refreshHealth } from "./health/health.js";
import { HealthResolver } from "./health/health.resolver.js";
import { LiveHub } from "./live/hub.js";
import { FleetPulseResolver, LiveResolver, StateChangeResolver } from "./live/live.resolver.js";
import { MachineResolver, OrganisationMachinesResolver } from "./machines/machine.resolver.js";
import { machinesById } from "./machines/machines.js";
import { followStatus } from "./machines/suspension.js";
import { telemetryPersonalData } from "./personal-data.js";
import { resumeForFunds, stopForFunds } from "./power/funds.js";
import { forgetPowerRequests } from "./power/power.js";
import { PowerResolver } from "./power/power.resolver.js";
import { OutOfFundsProblem } from "./power/power.types.js";
import { Provisioner } from "./provisioning/provisioner.js";
import { cancelProvisioning, queueOrder } from "./provisioning/provisioning.js";
import {
  MachineOrderResolver,
  OrderProvisioningResolver,
  ProvisioningResolver,
} from "./provisioning/provisioning.resolver.js";
import { Reconciler } from "./provisioning/reconciler.js";
import { hostSampler } from "./samples/host-sampler.js";
import { SampleIntake } from "./samples/intake.js";
import { PARTITION_FUNCTIONS, retentionOf, SamplePartitions } from "./samples/partitions.js";
import { rollUp } from "./samples/rollups.js";
import { MachineSamplesResolver, SampleMachineResolver } from "./samples/sample.resolver.js";
import { byTheClock, sampleFleet } from "./samples/sampler.js";
import { claimTurn } from "./samples/turns.js";

export { PROFILES, type Profile } from "./adapters/simulated/profiles.js";
export { SampleIntake } from "./samples/intake.js";
export type { Metric, NewSample } from "./samples/metrics.js";
export { SamplePartitions } from "./samples/partitions.js";
export { rollUp } from "./samples/rollups.js";
export { type WindowRequest, windows } from "./samples/window.js";
export { type SeedMachine, seedTelemetry, type TelemetrySeed } from "./seed.js";

export interface TelemetryOptions {
  /** Between two samples of the simulated fleet. */
  sampleSeconds: number;
  /** Between two samples of the computer that Tollgate runs on. */
  hostSeconds: number;
  /** Whether this process samples the simulated machines; of several, one does each turn. */
  simulate: boolean;
  /** Whether the computer that this process runs on is a machine of the operator. */
  host: boolean;
  /** Between two looks at what is to be rolled up, of which several processes do one at a time; 10 when left out, null: never. */
  rollUpSeconds?: number | null;
  clock?: () => Date;
  /** Asked before machines are switched on. */
  funds?: PowerFunds;
  /** How long the simulated hypervisor takes for a machine; 6 when left out. */
  provisioningSeconds?: number;
  /** Of the simulated hypervisor, for all machines together. */
  hypervisorVcpus?: number;
  /** Instead of the computer that this process runs on. */
  hostComputer?: Host;
}

/** How often the health of all machines is judged anew. */
const HEALTH_SECONDS = 15;
const ROLL_UP_SECONDS = 10;
const PROVISIONING_SECONDS = 6;
const DAY = 86_400_000;
const KEYS_KEPT = 30 * DAY;

/** Machines, their samples and health, and what is live of them. */
export const telemetrySubgraph = (options: TelemetryOptions): SubgraphDefinition => ({
  name: "telemetry",
  migrations: fileURLToPath(new URL("../../../drizzle/telemetry", import.meta.url)),
  personalData: telemetryPersonalData,
  laws: {
    tables: {
      turn: "system",
      simulated_machine: "system",
      hypervisor_room: "system",
      rollup_level: "open",
      rollup_mark: "queue",
    },
    appendOnly: ["sample"],
    statements: PARTITION_FUNCTIONS,
  },
  parts: (kit) => {
    const { database } = kit;
    const clock = options.clock ?? (() => new Date());
    const hub = new LiveHub(kit);
    const partitions = new SamplePartitions(database);
    const intake = new SampleIntake(database, partitions, () => hub.wake());
    const judge = byTheClock(kit, "health", HEALTH_SECONDS, clock, (at) =>
      database.system("health", async (tx) => {
        const number = BigInt(Math.floor(at.getTime() / (HEALTH_SECONDS * 1_000)));
        if (await claimTurn(tx, "health", number)) await refreshHealth(tx, clock());
      }),
    );
    const fleetSampler = byTheClock(kit, "fleet-sampler", options.sampleSeconds, clock, (at) =>
      sampleFleet(database, intake, at, options.sampleSeconds),
    );
    const rollUpMilliseconds = (options.rollUpSeconds ?? ROLL_UP_SECONDS) * 1_000;
    const rollups = new Loop("rollups", rollUpMilliseconds, () => rollUp(database, clock()), kit.logger);
    const receipts = new Receipts(kit.masterSecret);
    const hypervisor = new SimulatedHypervisor({
      database,
      clock,
      seconds: options.provisioningSeconds ?? PROVISIONING_SECONDS,
      ...(options.hypervisorVcpus === undefined ? {} : { vcpus: options.hypervisorVcpus }),
    });
    const provisioner = new Provisioner(kit, hypervisor, clock);
    const reconciler = new Reconciler(kit, hypervisor, clock);
    const host = () => hostSampler(kit, options.hostComputer ?? thisHost(), intake, options.hostSeconds, clock);
    return {
      resolvers: [
        new MachineResolver(),
        new OrganisationMachinesResolver(),
        new MachineSamplesResolver(),
        new SampleMachineResolver(),
        new HealthResolver(),
        new OrganisationFleetResolver(),
        new FleetResolver(),
        new ConsumerResolver(),
        new LiveResolver(kit, hub, new Pulses(database, clock)),
        new FleetPulseResolver(),
        new StateChangeResolver(),
        new PowerResolver(clock, () => reconciler.wake(), options.funds ?? null),
        new ProvisioningResolver(kit, hub),
        new OrderProvisioningResolver(),
        new MachineOrderResolver(),
      ],
      references: {
        Vm: ({ id }, context) => context.loader(machinesById).load(id),
        Organisation: ({ id }, context) => context.loader(organisationReferences).load(id),
        Order: ({ id }) => ({ id }),
      },
      // Members of the interface `Problem` that no union leads to.
      entities: [NotFoundProblem, ForbiddenProblem, OutOfFundsProblem],
      handlers: {
        "order.placed": (tx, event) => queueOrder(tx, event, receipts, clock()),
        "provisioning.cancelRequested": (tx, event) => cancelProvisioning(tx, event, clock()),
        "machines.stopRequested": (tx, event) => stopForFunds(tx, event, clock()),
        "machines.resumeRequested": (tx, event) => resumeForFunds(tx, event, clock()),
      },
      onEvent: (type) => {
        if (type === "order.placed") provisioner.wake();
        else reconciler.wake();
      },
      onTenancyChange: (tx, changes) => followStatus(tx, changes, clock()),
      jobs: [
        {
          name: "forget-power-requests",
          schedule: "9 3 * * *",
          run: () =>
            database.system("forget-power-requests", (tx) =>
              forgetPowerRequests(tx, new Date(clock().getTime() - KEYS_KEPT)),
            ),
        },
        { name: "prepare-sample-days", schedule: "5 */6 * * *", run: () => partitions.prepare(clock()) },
        {
          name: "retire-sample-days",
          schedule: "35 0 * * *",
          run: async () => {
            await partitions.retire(clock(), await database.system("retire-sample-days", retentionOf));
          },
        },
      ],
      workers: [
        { name: "live", start: () => undefined, stop: () => hub.stop() },
        { name: "sample-days", start: () => partitions.prepare(clock()), stop: async () => undefined },
        ...(options.rollUpSeconds === null
          ? []
          : [{ name: "rollups", start: () => rollups.start(), stop: () => rollups.stop() }]),
        judge,
        provisioner,
        reconciler,
        ...(options.simulate ? [fleetSampler] : []),
        ...(options.host ? [host()] : []),
      ],
    };
  },
});
