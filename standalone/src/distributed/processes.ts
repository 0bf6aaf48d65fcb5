import { once } from "node:events";
import type { Logger, Stopping } from "@tollgate/kit/process";
import type { HealthReport } from "@tollgate/kit/protocol";
import { SUBGRAPH_NAMES, type SubgraphName } from "../graph/names.js";
import type { Settings } from "../process/environment.js";
import { layFoundations, type Say, type Startable, startable } from "../process/foundations.js";
import { freePorts, requireFreePort, StartFault } from "../process/free-port.js";
import { Child, spawnOurs } from "./child.js";
import { type Entries, ownEntries } from "./entries.js";
import {
  gatewayEnvironment,
  type Place,
  preparationEnvironment,
  subgraphEnvironment,
  subgraphUrl,
} from "./environments.js";

/** Tollgate as processes of its own. */
export interface Processes {
  /** Where people reach it. */
  url: string;
  children: ReadonlyMap<SubgraphName | "gateway", Child>;
}

const READY_WITHIN_MILLISECONDS = 120_000;
/** So often a process may end while it starts before all is given up: a port may be freed, a database may be late. */
const TRIES = 3;
const HOUR = 3_600_000;

/**
 * Starts PostgreSQL where none is named, then the five subgraphs and the gateway, each as a process that knows only what
 * it needs; one that dies is started again, and the others go on.
 * @param ahead how far the books are ahead of this computer, in milliseconds.
 */
export const startProcesses = (
  settings: Settings,
  say: Say,
  ahead: number,
  entries: Entries = ownEntries,
): Startable<Processes> =>
  startable(settings, (logger, stopping) => start(settings, logger, stopping, say, ahead, entries));

const start = async (
  settings: Settings,
  logger: Logger,
  stopping: Stopping,
  say: Say,
  ahead: number,
  entries: Entries,
): Promise<Processes> => {
  const { gatewayPort, ports } = await portsOf(settings);
  const foundations = await layFoundations(settings, logger, stopping, say);
  const publicUrl = settings.port === 0 ? `http://localhost:${gatewayPort}` : settings.publicUrl;
  const place: Place = { ...foundations, gatewayPort, ports, publicUrl, hoursAhead: Math.floor(ahead / HOUR) };
  // Elsewhere there is nothing to fill, and organisations itself refuses a database of the demo.
  if (settings.demo) await prepare(settings, place, entries, stopping, say);
  const childOf = (name: SubgraphName | "gateway", entry: string, environment: Record<string, string>): Child =>
    new Child({
      name,
      entry,
      argv: entries.argv,
      environment: { ...entries.environment, ...environment },
      logger,
      inheritErrors: settings.logFile === null,
    });
  const subgraphs = SUBGRAPH_NAMES.map((name) =>
    childOf(name, entries.subgraph(name), subgraphEnvironment(name, settings, place)),
  );
  const gateway = childOf("gateway", entries.gateway, gatewayEnvironment(settings, place));
  stopping.add("subgraphs", async () => {
    await Promise.all(subgraphs.map((child) => child.stop()));
  });
  stopping.add("gateway", () => gateway.stop());
  if (stopping.begun) throw new Error("stopped while it started");
  const all = [...subgraphs, gateway];
  for (const child of all) child.start();
  const addresses = [...SUBGRAPH_NAMES.map((name) => subgraphUrl(place, name)), `http://127.0.0.1:${gatewayPort}`];
  await untilReady(all, addresses, stopping);
  return {
    url: publicUrl,
    children: new Map(all.map((child) => [child.name as SubgraphName | "gateway", child])), // named so above
  };
};

/** The gateway's, and one for each subgraph: the five after it. With port 0 whatever is free. */
const portsOf = async (settings: Settings): Promise<Pick<Place, "gatewayPort" | "ports">> => {
  const [gatewayPort = 0, ...others] =
    settings.port === 0
      ? await freePorts(SUBGRAPH_NAMES.length + 1)
      : Array.from({ length: SUBGRAPH_NAMES.length + 1 }, (_, index) => settings.port + index);
  await requireFreePort(settings.host, gatewayPort);
  for (const port of others) await requireFreePort("127.0.0.1", port);
  const [accounts = 0, organisations = 0, billing = 0, telemetry = 0, messaging = 0] = others;
  return { gatewayPort, ports: { accounts, organisations, billing, telemetry, messaging } };
};

/** @throws StartFault with the program's own words */
const prepare = async (
  settings: Settings,
  place: Place,
  entries: Entries,
  stopping: Stopping,
  say: Say,
): Promise<void> => {
  const environment = { ...entries.environment, ...preparationEnvironment(settings, place) };
  const child = spawnOurs({ entry: entries.preparation, argv: entries.argv, environment, inheritErrors: false });
  let words = "";
  child.stdout?.on("data", (chunk: Buffer) => say(chunk.toString().trimEnd()));
  child.stderr?.on("data", (chunk: Buffer) => {
    words += chunk.toString();
  });
  const ended = once(child, "exit");
  stopping.add("preparation", async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  });
  const [code] = await ended;
  if (stopping.begun) throw new Error("stopped while it started");
  if (code !== 0) throw new StartFault(words.trim() || "The data could not be prepared; the log says why.");
};

/** @throws StartFault when a process ends again and again, with its own words, or when something is not ready in time */
const untilReady = async (
  children: readonly Child[],
  addresses: readonly string[],
  stopping: Stopping,
): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN_MILLISECONDS;
  for (;;) {
    const reasons = (await Promise.all(addresses.map(unready))).flat();
    if (stopping.begun) throw new Error("stopped while it started");
    if (reasons.length === 0) return;
    const broken = children.find((child) => child.failed >= TRIES);
    if (broken) throw new StartFault(`${broken.name} does not start: ${broken.words.trim() || "its log says why"}`);
    if (Date.now() > deadline) throw new StartFault(`Not ready after two minutes: ${reasons.join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** What a process is not ready for yet. */
const unready = async (address: string): Promise<string[]> => {
  try {
    const answer = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    const { checks } = (await answer.json()) as HealthReport; // what our servers write
    return checks.flatMap((check) => (check.ready ? [] : [`${check.name}: ${check.reason}`]));
  } catch {
    return [`${address} does not answer`];
  }
};
