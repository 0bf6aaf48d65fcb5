import { randomUUID } from "node:crypto";
import { type Caller, TENANCY_EVENT } from "@tollgate/kit";
import type { EventSink, TenancyChange } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, type TestTree, until } from "@tollgate/kit/testing";
import { type SeedMachine, seedTelemetry, type TelemetryOptions, telemetrySubgraph } from "../index.js";
import type { Measurement, NewSample } from "../samples/metrics.js";
import { SamplePartitions } from "../samples/partitions.js";
import { writeSamples } from "../samples/samples.js";

export const GIB = 2n ** 30n;

/** Telemetry on a database of its own, without simulated fleet and host unless a test asks for them. */
export const startTelemetry = (
  postgresUrl: string,
  tree: TestTree,
  options: Partial<TelemetryOptions> = {},
  sinks: readonly EventSink[] = [],
): Promise<TestSubgraph> => {
  const definition = telemetrySubgraph({ sampleSeconds: 5, hostSeconds: 2, simulate: false, host: false, ...options });
  return TestSubgraph.start(postgresUrl, definition, tree.source, sinks);
};

export const member = (org: string, permissions = ["vm:read"]) => requestCaller({ org, permissions });

/** Somebody of an organisation, for transactions beside the graph. */
export const plainCaller = (organisationId: string): Caller => ({
  kind: "USER",
  userId: randomUUID(),
  sessionId: randomUUID(),
  organisationId,
  permissions: new Set<string>(),
  requestId: "-",
  address: "-",
  userAgent: "-",
  locale: null,
  deadline: null,
  narrowedOrganisationId: null,
  minimumTenancyVersion: null,
});

export const machine = (organisationId: string, values: Partial<SeedMachine> = {}): SeedMachine => ({
  id: randomUUID(),
  organisationId,
  name: "web-1",
  image: "Debian 12",
  vcpus: 2,
  memoryBytes: 4n * GIB,
  disks: [{ name: "vda", sizeBytes: 40n * GIB, storage: "SSD" }],
  addresses: ["10.0.0.5"],
  labels: [{ key: "env", value: "production" }],
  state: "RUNNING",
  profile: null,
  ...values,
});

/** Adds machines, without a past unless they are simulated, and gives their ids. */
export const addMachines = async (
  telemetry: TestSubgraph,
  machines: readonly SeedMachine[],
  historyHours = 1,
): Promise<string[]> => {
  await seedTelemetry(telemetry.subgraph, { machines, now: new Date(), historyHours });
  return machines.map(({ id }) => id);
};

const NOTHING: Measurement = {
  cpuPercent: null,
  memoryUsedBytes: null,
  memoryTotalBytes: null,
  diskUsedBytes: null,
  diskTotalBytes: null,
  diskReadRate: null,
  diskWriteRate: null,
  networkInRate: null,
  networkOutRate: null,
  load: null,
  uptimeSeconds: null,
};

export const sample = (vmId: string, at: Date, values: Partial<NewSample> = {}): NewSample => ({
  ...NOTHING,
  vmId,
  at,
  intervalSeconds: 10,
  ...values,
});

export const store = async (telemetry: TestSubgraph, samples: readonly NewSample[]): Promise<void> => {
  const { database } = telemetry.subgraph;
  await new SamplePartitions(database).ensure(samples.map(({ at }) => at));
  await database.system("tests", (tx) => writeSamples(tx, samples));
};

/** The answer's data where there must be no error. */
export const ask = async <Data>(
  telemetry: TestSubgraph,
  document: string,
  variables: Record<string, unknown>,
  caller: ReturnType<typeof requestCaller>,
): Promise<Data> => {
  const { data, errors } = await telemetry.execute(document, variables, caller);
  if (errors) throw new Error(JSON.stringify(errors));
  return data as Data; // of the shape that the document asks for
};

/** Code of the first error, of one answer. */
export const codeOf = (response: {
  errors?: readonly { extensions?: Record<string, unknown> | undefined }[] | undefined;
}) => response.errors?.[0]?.extensions?.["code"];

/** The event by which organisations tells of a change of the tree. */
export const tellTree = (telemetry: TestSubgraph, change: TenancyChange): Promise<void> =>
  telemetry.subgraph.inbox.receive({
    id: randomUUID(),
    type: TENANCY_EVENT,
    aggregateId: change.organisationId,
    aggregateVersion: BigInt(change.version),
    organisationId: change.organisationId,
    occurredAt: new Date(),
    payload: [change],
    sealed: null,
  });

/** Resolves when everything that was announced so far has been delivered. */
export const relayed = (telemetry: TestSubgraph): Promise<void> => {
  telemetry.subgraph.wakeRelay();
  return until(async () => {
    const [row] = await telemetry.subgraph.database.system(
      "tests",
      (tx) => tx.sql<{ waiting: number }[]>`select count(*)::int as waiting from outbox where delivered_at is null`,
    );
    return row?.waiting === 0;
  });
};
