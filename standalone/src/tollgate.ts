import { type Gateway, serveTollgate } from "@tollgate/gateway";
import { databaseAddresses } from "@tollgate/kit";
import { startTracing } from "@tollgate/kit/observe";
import type { Logger, Stopping } from "@tollgate/kit/process";
import { refuseDemoData, seedDemo } from "./demo/seed.js";
import { graphOverHttp } from "./distributed/graph-over-http.js";
import { graphInProcess, healthOf } from "./graph/graph.js";
import type { SubgraphName } from "./graph/names.js";
import { subgraphOptions } from "./graph/options.js";
import type { Subgraphs } from "./graph/subgraphs.js";
import type { Settings } from "./process/environment.js";
import { layFoundations, type Say, type Startable, startable } from "./process/foundations.js";
import { requireFreePort } from "./process/free-port.js";

/** Tollgate, all in one process. */
export interface Tollgate {
  /** Where people reach it. */
  url: string;
  subgraphs: Subgraphs;
  gateway: Gateway;
}

/** How the gateway and the subgraphs call each other. */
export type Transport = "in process" | "http";

/**
 * Starts everything. What a failed start had begun is stopped again before `ready` rejects.
 * @param say a line for the person who waits.
 * @param bookClock the time of billing.
 * @param transport `http` makes each subgraph a server on a port of its own, all the same in this process.
 */
export const startTollgate = (
  settings: Settings,
  say: Say,
  bookClock: () => Date = () => new Date(),
  transport: Transport = "in process",
): Startable<Tollgate> => {
  return startable(settings, (logger, stopping) => start(settings, logger, stopping, say, bookClock, transport));
};

const start = async (
  settings: Settings,
  logger: Logger,
  stopping: Stopping,
  say: Say,
  bookClock: () => Date,
  transport: Transport,
): Promise<Tollgate> => {
  await requireFreePort(settings.host, settings.port);
  await startTracing("tollgate", settings.observe.tracing, logger, stopping);
  const { masterSecret, databases } = await layFoundations(settings, logger, stopping, say);
  const addresses = (name: SubgraphName) =>
    databaseAddresses(name, databases[name].url, databases[name].directUrl, masterSecret, settings.pooled);
  const options = subgraphOptions(settings, bookClock);
  const runtime = { addresses, connections: settings.connections, masterSecret, logger };
  const graph = await (transport === "http"
    ? graphOverHttp(options, runtime, settings.demo)
    : graphInProcess(options, runtime));
  const { subgraphs } = graph;
  stopping.add("subgraphs", () => graph.stop());
  await graph.start();
  if (stopping.begun) throw new Error("stopped while it started");
  if (settings.demo) await seedDemo(subgraphs, say, settings.historyDays);
  else await refuseDemoData(subgraphs);
  const gateway = await serveTollgate(graph.forGateway, settings, logger);
  stopping.add("gateway", () => gateway.stop());
  await untilReady(subgraphs);
  const port = new URL(gateway.url).port;
  // With PORT=0 the address is known only now.
  const url = settings.port === 0 ? `http://localhost:${port}` : settings.publicUrl;
  return { url, subgraphs, gateway };
};

const READY_WITHIN_MILLISECONDS = 60_000;

const untilReady = async (subgraphs: Subgraphs): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN_MILLISECONDS;
  for (;;) {
    const { ready, checks } = await healthOf(subgraphs);
    if (ready) return;
    if (Date.now() > deadline) {
      const reasons = checks.filter((check) => !check.ready).map((check) => `${check.name}: ${check.reason}`);
      throw new Error(`Not ready after a minute: ${reasons.join("; ")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
