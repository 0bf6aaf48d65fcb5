// npm run bench -- graph: what an operation costs from HTTP to SQL, beside the floor of the same process, in one run.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { countStatements } from "@tollgate/kit";
import { startEmbeddedPostgres } from "./postgres/index.js";
import { readSettings } from "./process/environment.js";
import { type Person, signIn } from "./testing/tollgate.js";
import { startTollgate } from "./tollgate.js";

const SECONDS = 4;
const CONNECTIONS = 10;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const OPERATIONS: Record<string, string> = {
  "one field of one subgraph": "{ me { displayName } }",
  "one list of one subgraph": "{ vms(first: 20) { nodes { id name state } } }",
  "the dashboard: five subgraphs":
    "{ me { displayName organisation { name wallet { available { formatted } } fleet { machines running cpuAverage topConsumers(metric: CPU) { value vm { name hourlyCost { formatted } } } } } notifications(first: 5) { unreadCount nodes { title } } } }",
};

interface Measured {
  perSecond: number;
  /** CPU milliseconds of the process (client included) for one. */
  cpu: number;
  p50: number;
  p99: number;
}

/** Repeats a request over some connections for a while. */
const measure = async (request: () => Promise<unknown>): Promise<Measured> => {
  for (let warm = 0; warm < 50; warm += 1) await request();
  const times: number[] = [];
  const before = process.cpuUsage();
  const started = performance.now();
  const lane = async () => {
    while (performance.now() - started < SECONDS * 1_000) {
      const at = performance.now();
      await request();
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  const used = process.cpuUsage(before);
  const elapsed = (performance.now() - started) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return {
    perSecond: times.length / elapsed,
    cpu: (used.user + used.system) / 1_000 / times.length,
    p50: at(0.5),
    p99: at(0.99),
  };
};

const ask = async (person: Person, query: string): Promise<void> => {
  const { errors } = await person.ask(query);
  if (errors) throw new Error(JSON.stringify(errors));
};

const folder = await mkdtemp(join(tmpdir(), "tollgate-bench-"));
const server = await startEmbeddedPostgres({ directory: join(folder, "pg18"), logger: silent, durable: true });
const settings = readSettings({ PORT: "0", DATABASE_URL: server.url, TOLLGATE_DATA: folder, LOG_LEVEL: "warn" });
const { ready, stop } = startTollgate(settings, () => undefined);
try {
  const { gateway } = await ready;
  const operator = await signIn(gateway.url, "operator");
  const floor = await measure(async () => (await fetch(`${gateway.url}/health/live`)).text());
  const rows: [string, Measured, number][] = [["floor: /health/live", floor, 0]];
  for (const [name, query] of Object.entries(OPERATIONS)) {
    const statements = await countStatements(() => ask(operator, query));
    rows.push([name, await measure(() => ask(operator, query)), statements.length]);
  }
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, PostgreSQL 18 with fsync, ${CONNECTIONS} connections`,
  );
  for (const [name, { perSecond, cpu, p50, p99 }, statements] of rows) {
    const ratio = (cpu / floor.cpu).toFixed(1);
    const figures = [
      `${perSecond.toFixed(0)}/s`,
      `${cpu.toFixed(2)} ms CPU`,
      `× ${ratio}`,
      `p50 ${p50.toFixed(1)} ms`,
      `p99 ${p99.toFixed(1)} ms`,
    ];
    console.log(
      `${name.padEnd(32)}${figures.map((figure) => figure.padStart(14)).join("")}   ${statements} statements`,
    );
  }
} finally {
  await stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
