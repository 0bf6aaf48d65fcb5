// npm run bench -- operations: the dashboard's own operations, all in one process and as seven, in turns in one run.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { countStatements } from "@tollgate/kit";
import { createDatabase } from "@tollgate/kit/testing";
import { askFor, type DashboardOperation, dashboardOperations } from "./bench/dashboard.js";
import { usageOf } from "./bench/process-usage.js";
import { startEmbeddedPostgres } from "./postgres/index.js";
import { readSettings } from "./process/environment.js";
import { type Person, signIn } from "./testing/tollgate.js";
import { startTollgate } from "./tollgate.js";

const ROUNDS = 5;
const ROUND_MILLISECONDS = 2_000;
const CONNECTIONS = 10;
const SECRET = "the secret of a benchmark, thrown away with it";
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const unlimited = { CALLER_OPERATIONS_PER_SECOND: "1000000", ADDRESS_REQUESTS_PER_SECOND: "1000000" };

interface Way {
  name: string;
  child: ChildProcess;
  person: Person;
  operations: DashboardOperation[];
}

interface Measured {
  perSecond: number;
  /** CPU milliseconds of all server processes but PostgreSQL for one. */
  cpu: number;
  p50: number;
  p99: number;
}

const isOurs = (command: string): boolean => /main\.(js|ts)$/.test(command);

/** Starts built programs in processes of their own, so that the client's work is not counted. */
const startWay = async (name: string, program: string, environment: Record<string, string>): Promise<Way> => {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [program], {
    env: { PATH, HOME, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    const found = /^Tollgate is ready at (\S+)$/m.exec(said)?.[1];
    if (found) resolve(found);
  });
  child.once("exit", () => reject(new Error(`${name} ended: ${said}`)));
  const person = await signIn(await url, "operator");
  return { name, child, person, operations: await dashboardOperations(person) };
};

const cpuOf = ({ child }: Way): number => usageOf(child.pid ?? 0, isOurs).cpu;

const measureRound = async (way: Way, operation: DashboardOperation): Promise<{ times: number[]; cpu: number }> => {
  const times: number[] = [];
  const before = cpuOf(way);
  const end = performance.now() + ROUND_MILLISECONDS;
  const lane = async () => {
    while (performance.now() < end) {
      const at = performance.now();
      await askFor(way.person, operation);
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return { times, cpu: cpuOf(way) - before };
};

/** What goes on without anybody asking, in CPU milliseconds a second. */
const idle = async (way: Way): Promise<number> => {
  const before = cpuOf(way);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  return (cpuOf(way) - before) / 4;
};

const measure = async (ways: readonly Way[], index: number, idles: readonly number[]): Promise<Measured[]> => {
  const rounds = ways.map(() => ({ times: [] as number[], cpu: 0 }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [which, way] of ways.entries()) {
      const operation = way.operations[index];
      const sum = rounds[which];
      if (!operation || !sum) throw new Error("both ways have the same operations");
      const { times, cpu } = await measureRound(way, operation);
      if (round === 0) continue; // warms up
      sum.times.push(...times);
      sum.cpu += cpu - (idles[which] ?? 0) * (ROUND_MILLISECONDS / 1_000);
    }
  }
  return rounds.map(({ times, cpu }) => {
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
    const seconds = (ROUNDS * ROUND_MILLISECONDS) / 1_000;
    return { perSecond: times.length / seconds, cpu: cpu / times.length, p50: at(0.5), p99: at(0.99) };
  });
};

/** SQL statements of each operation with 5 and with 20 rows; in this process, where they can be counted. */
const statementsOf = async (databaseUrl: string, folder: string): Promise<[number, number][]> => {
  const settings = readSettings({
    PORT: "0",
    DATABASE_URL: databaseUrl,
    TOLLGATE_DATA: folder,
    TOLLGATE_SECRET: SECRET,
    LOG_LEVEL: "error",
    ...unlimited,
  });
  const { ready, stop } = startTollgate(settings, () => undefined);
  try {
    const person = await signIn((await ready).gateway.url, "operator");
    const counts: [number, number][] = [];
    for (const operation of await dashboardOperations(person)) {
      const count = async (rows: number) => (await countStatements(() => askFor(person, operation, rows))).length;
      await askFor(person, operation);
      counts.push([await count(5), await count(20)]);
    }
    return counts;
  } finally {
    await stop();
  }
};

const show = (measured: Measured): string =>
  [
    `${measured.perSecond.toFixed(0)}/s`,
    `${measured.cpu.toFixed(2)} ms CPU`,
    `p50 ${measured.p50.toFixed(1)}`,
    `p99 ${measured.p99.toFixed(1)}`,
  ]
    .map((text) => text.padStart(13))
    .join("");

const folder = await mkdtemp(join(tmpdir(), "tollgate-bench-"));
const server = await startEmbeddedPostgres({ directory: join(folder, "pg18"), logger: silent, durable: true });
const ways: Way[] = [];
try {
  const program = (path: string) => join(import.meta.dirname, "..", "dist", path);
  const databases = [];
  for (const name of ["one", "seven", "counted"]) {
    databases.push({ ...(await createDatabase(server.url)), folder: join(folder, name) });
  }
  const [one, seven, counted] = databases;
  if (!one || !seven || !counted) throw new Error("three databases were made");
  const statements = await statementsOf(counted.url, counted.folder);
  const environment = (at: typeof one, port: number) => ({
    PORT: String(port),
    DATABASE_URL: at.url,
    TOLLGATE_DATA: at.folder,
    TOLLGATE_SECRET: SECRET,
    LOG_LEVEL: "warn",
    ...unlimited,
  });
  ways.push(await startWay("one process", program("main.js"), environment(one, 0)));
  ways.push(await startWay("seven processes", program("distributed/main.js"), environment(seven, 0)));
  const idles = [];
  for (const way of ways) idles.push(await idle(way));
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, PostgreSQL 18 with fsync, ${CONNECTIONS} connections, load ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const [index, { name, lists }] of (ways[0]?.operations ?? []).entries()) {
    const [alone, apart] = await measure(ways, index, idles);
    const [few = 0, many = 0] = statements[index] ?? [];
    if (!alone || !apart) throw new Error("two ways were measured");
    const count = lists ? `${few} statements for 5 rows, ${many} for 20` : `${many} statements`;
    const ratio = `× ${(apart.cpu / alone.cpu).toFixed(2)}`;
    console.log(`${name.padEnd(20)}${show(alone)} |${show(apart)} | ${ratio.padStart(6)} | ${count}`);
  }
  for (const [index, { name, child }] of ways.entries()) {
    const { memory } = usageOf(child.pid ?? 0, isOurs);
    const each = [...memory].map(
      ([path, megabytes]) => `${path.split("/").slice(-3).join("/")} ${megabytes.toFixed(0)} MB`,
    );
    console.log(`${name}: idle ${idles[index]?.toFixed(0)} ms CPU a second; ${each.join(", ")}`);
  }
} finally {
  for (const { child } of ways) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
