// npm run bench -- telemetry: what windows of samples take by how much is stored, and what the domain adds to storing them.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { callerOf, Database, databaseAddresses, Subgraph } from "@tollgate/kit";
import { requestCaller, testTree, until } from "@tollgate/kit/testing";
import {
  type Metric,
  rollUp,
  SamplePartitions,
  type SeedMachine,
  seedTelemetry,
  telemetrySubgraph,
  windows,
} from "@tollgate/telemetry";
import { pino } from "pino";
import postgres from "postgres";
import { startEmbeddedPostgres } from "./postgres/index.js";
import { BATCH_MACHINES, BATCH_MOMENTS, compareIngest, INGEST_ROUNDS, median, timed } from "./testing/sample-ingest.js";

const SECRET = "of a database that is gone with this run";
const DAY = 86_400_000;
const SAMPLE_SECONDS = 10;
/** Machines stored when windows are measured, one size after the other. */
const FLEETS = [10, 40];
const METRICS: Metric[] = [
  "CPU",
  "MEMORY_USED",
  "DISK_READ_RATE",
  "DISK_WRITE_RATE",
  "NETWORK_IN_RATE",
  "NETWORK_OUT_RATE",
];
const COLUMNS = [
  "cpu_percent",
  "memory_used_bytes",
  "disk_read_rate",
  "disk_write_rate",
  "network_in_rate",
  "network_out_rate",
];
const SPANS = { "1 hour": 1 / 24, "1 day": 1, "1 week": 7, "1 month": 30, "1 year": 365 };
const POINTS = 300;
const TURNS = 30;
const WARM_UP = 10;
const machine = (organisationId: string): SeedMachine => ({
  id: randomUUID(),
  organisationId,
  name: "bench",
  image: "Debian 13",
  vcpus: 2,
  memoryBytes: 2n ** 32n,
  disks: [{ name: "root", sizeBytes: 2n ** 36n, storage: "SSD" }],
  addresses: [],
  labels: [],
  state: "RUNNING",
  profile: null,
});

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const folder = await mkdtemp(join(tmpdir(), "tollgate-bench-"));
const server = await startEmbeddedPostgres({ directory: join(folder, "pg18"), logger: silent, durable: true });
const addresses = databaseAddresses("telemetry", server.url, null, SECRET);
const tree = testTree();
const telemetry = await Subgraph.create(
  telemetrySubgraph({ sampleSeconds: 5, hostSeconds: 2, simulate: false, host: false, rollUpSeconds: null }),
  { addresses, connections: 4, masterSecret: SECRET, logger: pino({ level: "warn" }), tenancySource: tree.source },
);
const database = new Database(addresses.login, { connections: 4, applicationName: "bench" });
/** Past all rules, to fill tables and to compare with. */
const owner = postgres(server.url, { max: 1, onnotice: () => undefined, connection: { search_path: "telemetry" } });
const now = new Date(Math.floor(Date.now() / DAY) * DAY + DAY / 2);
const begin = new Date(Math.floor((now.getTime() - 7 * DAY) / 3_600_000) * 3_600_000);

const caller = callerOf(requestCaller({ org: tree.customer }, { deadline: Date.now() + 3_600_000 }));

const addMachines = async (number: number): Promise<string[]> => {
  const machines = Array.from({ length: number }, () => machine(tree.customer));
  await seedTelemetry(telemetry, { machines, now, historyHours: 0 });
  return machines.map(({ id }) => id);
};

/** A week of samples rolled up by the domain, and copies of that week's rollups before it: 90 days, and a year. */
const fill = async (vmIds: readonly string[]): Promise<{ samples: number; milliseconds: number }> => {
  const days = Array.from({ length: 8 }, (_, day) => new Date(begin.getTime() + day * DAY));
  await new SamplePartitions(database).ensure(days);
  const rows = await owner`
    insert into sample
    select v.id, v.organisation_id, t, ${SAMPLE_SECONDS}, round((50 + 40 * random())::numeric, 2), (2e9 + 1e9 * random())::bigint, v.memory_bytes,
        3e10::bigint, v.storage_bytes, (1e6 * random())::int, (1e6 * random())::int, (1e6 * random())::int, (1e6 * random())::int,
        round(random()::numeric, 2), extract(epoch from t)::bigint
      from generate_series(${begin.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz - interval '1 second',
        ${SAMPLE_SECONDS} * interval '1 second') t
      cross join vm v where v.id = any(${[...vmIds]}::uuid[])`;
  await owner`update rollup_level set complete_until = 'epoch'`;
  const milliseconds = await timed(async () => {
    while (await rollUp(database, now));
  });
  await copyBack("rollup_five_minutes", vmIds, 12);
  await copyBack("rollup_one_hour", vmIds, 52);
  await owner`vacuum analyze`;
  return { samples: rows.count, milliseconds };
};

const copyBack = async (table: string, vmIds: readonly string[], weeks: number): Promise<void> => {
  const columns = await owner<{ name: string }[]>`
    select attname as name from pg_attribute where attrelid = ${`telemetry.${table}`}::regclass and attnum > 0 and attname <> 'at'`;
  const names = columns.map(({ name }) => name).join();
  await owner`select make_sample_partition(${table}, (${begin.toISOString()}::timestamptz - n * interval '1 week')::date)
    from generate_series(0, ${weeks}) n`;
  await owner.unsafe(
    `insert into ${table} (at, ${names}) select at - n * interval '1 week', ${names} from ${table} cross join generate_series(1, $1::int) n
      where vm_id = any($2::uuid[]) and at >= $3 on conflict do nothing`,
    [weeks, [...vmIds], begin.toISOString()],
  );
};

/** A week of a machine from its samples one by one, which is what a window would take without rollups. */
const weekOfSamples = (vmId: string): Promise<unknown> => {
  const values = COLUMNS.map(
    (name) =>
      `sum(${name}::float8 * interval_seconds) / sum(interval_seconds), min(${name}), max(${name}), count(${name})`,
  );
  return owner.unsafe(
    `select floor(extract(epoch from at) / 2100) as bucket, ${values.join()} from sample
      where vm_id = $1 and at >= $2 and at < $3 group by bucket`,
    [vmId, begin.toISOString(), now.toISOString()],
  );
};

/** One chart page: all its metrics of one machine, as somebody who may see it. */
const windowOf = async (vmId: string, days: number) => {
  const period = { from: new Date(now.getTime() - days * DAY), to: now };
  const request = { vmId, metrics: METRICS, period, maxPoints: POINTS };
  const window = (await database.read(caller, (tx) => windows(tx, [request]))).get(request);
  const points = window?.series[0]?.average.filter((value) => value !== null).length ?? 0;
  return { level: window?.level ?? "", points };
};

/** All spans and the samples alone in turns, so that what else the machine does meets all of them. */
const measureWindows = async (vmIds: readonly string[]) => {
  const spans = Object.entries(SPANS);
  const seen = new Map<string, { level: string; points: number }>();
  const times: Record<string, number>[] = [];
  for (let turn = 0; turn < TURNS + WARM_UP; turn += 1) {
    const vmId = vmIds[turn % vmIds.length] ?? "";
    const turnTimes: Record<string, number> = { samples: await timed(() => weekOfSamples(vmId)) };
    for (const [name, days] of spans) {
      turnTimes[name] = await timed(async () => seen.set(name, await windowOf(vmId, days)));
    }
    if (turn >= WARM_UP) times.push(turnTimes);
  }
  const of = (name: string) => median(times.map((all) => all[name] ?? Number.NaN));
  const rows = spans.map(([name]) => ({ name, ...seen.get(name), milliseconds: of(name) }));
  return [...rows, { name: "1 week", level: "samples alone", points: 289, milliseconds: of("samples") }];
};

try {
  await telemetry.start([telemetry.inbox]);
  await until(async () => (await telemetry.health()).every(({ ready }) => ready), 60_000);
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, PostgreSQL 18 with fsync`);
  const fleet: string[] = [];
  for (const size of FLEETS) {
    const added = await addMachines(size - fleet.length);
    fleet.push(...added);
    const rolled = await fill(added);
    const [stored] = await owner<{ size: string; samples: number; five: number; hours: number }[]>`
      select pg_size_pretty(pg_database_size(current_database())) as size, (select count(*)::int from sample) as samples,
        (select count(*)::int from rollup_five_minutes) as five, (select count(*)::int from rollup_one_hour) as hours`;
    console.log(
      `\n${size} machines: ${JSON.stringify(stored)}; ${Math.round((rolled.samples / rolled.milliseconds) * 1_000)} samples/s rolled up`,
    );
    const measured = await measureWindows(fleet);
    const alone = measured.at(-1)?.milliseconds ?? Number.NaN;
    for (const { name, level = "", points, milliseconds } of measured) {
      const figures = `${milliseconds.toFixed(1).padStart(8)} ms   × ${(milliseconds / alone).toFixed(2)}`;
      console.log(`${name.padEnd(10)}${level.padEnd(16)}${`${points} points`.padEnd(12)}${figures}`);
    }
  }
  const many = [...fleet, ...(await addMachines(BATCH_MACHINES - fleet.length))];
  console.log(`\nbatches of ${BATCH_MACHINES * BATCH_MOMENTS} samples, medians of ${INGEST_ROUNDS}`);
  for (const { name, perSecond, ratio } of await compareIngest({
    database,
    owner,
    organisationId: tree.customer,
    vmIds: many,
    from: now,
  })) {
    console.log(
      `${name.padEnd(10)}${perSecond.toFixed(0).padStart(8)} samples/s   domain is × ${ratio.toFixed(2)} of it`,
    );
  }
} finally {
  await owner.end({ timeout: 5 });
  await database.close();
  await telemetry.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
