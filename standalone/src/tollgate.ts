import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGateway, type Gateway } from "@tollgate/gateway";
import { databaseAddresses } from "@tollgate/kit";
import { createLogger, type Logger, Stopping } from "@tollgate/kit/process";
import { readSupergraph } from "@tollgate/schema";
import { pino } from "pino";
import { refuseDemoData, seedDemo } from "./demo/seed.js";
import { graphOverHttp } from "./distributed/graph-over-http.js";
import { graphInProcess, healthOf } from "./graph/graph.js";
import { SUBGRAPH_NAMES, type SubgraphName } from "./graph/names.js";
import type { Subgraphs } from "./graph/subgraphs.js";
import { startEmbeddedPostgres } from "./postgres/index.js";
import { awaitDatabase } from "./process/database.js";
import type { Settings } from "./process/environment.js";
import { requireFreePort } from "./process/free-port.js";
import { localSecret } from "./process/secret.js";

/** Tollgate, all in one process. */
export interface Tollgate {
  /** Where people reach it. */
  url: string;
  subgraphs: Subgraphs;
  gateway: Gateway;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

const builtFolder = (path: string): string | null => {
  const folder = join(root, path);
  return existsSync(join(folder, "index.html")) ? folder : null;
};

const loggerOf = (settings: Settings): Logger => {
  if (settings.logFile === null) return createLogger("tollgate", settings.logLevel);
  mkdirSync(dirname(settings.logFile), { recursive: true });
  return createLogger("tollgate", settings.logLevel, pino.destination({ dest: settings.logFile, sync: true }));
};

/** The administrator's address of the database: given, or that of an embedded server started now. */
const databaseOf = async (settings: Settings, logger: Logger, stopping: Stopping, say: Say) => {
  const needsOwn = settings.database === null && SUBGRAPH_NAMES.some((name) => settings.databases[name] === undefined);
  if (!needsOwn) {
    if (settings.database) await awaitDatabase(settings.database.directUrl ?? settings.database.url, stopping, say);
    return settings.database;
  }
  const server = await startEmbeddedPostgres({
    directory: join(settings.dataDirectory, "pg18"),
    logger,
    durable: true,
    servedAt: settings.port,
    onProgress: say,
  });
  stopping.add("PostgreSQL", () => server.stop());
  return { url: server.url, directUrl: null };
};

/** A start under way, which can be given up. */
export interface Starting {
  /** Resolves when everything is ready; rejects when something is not, or when it was stopped before. */
  ready: Promise<Tollgate>;
  /** Stops all that was started, also while the start goes on. */
  stop(): Promise<void>;
}

type Say = (line: string) => void;

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
): Starting => {
  const logger = loggerOf(settings);
  // PostgreSQL may have much to write before it ends.
  const stopping = new Stopping(logger, 15_000);
  const ready = start(settings, logger, stopping, say, bookClock, transport).catch(async (error: unknown) => {
    await stopping.stop();
    throw error;
  });
  const stop = async () => {
    await stopping.stop();
    // A start that was interrupted may still bring something up, which is then stopped at once.
    await ready.catch(() => undefined);
    await stopping.stop();
  };
  return { ready, stop };
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
  const database = await databaseOf(settings, logger, stopping, say);
  const masterSecret = settings.secret ?? localSecret(settings.dataDirectory);
  const addresses = (name: SubgraphName) => {
    const address = settings.databases[name] ?? database;
    if (!address) throw new Error(`${name} has no database`);
    return databaseAddresses(name, address.url, address.directUrl, masterSecret, settings.pooled);
  };
  const options = {
    publicUrl: settings.publicUrl,
    smtpUrl: settings.smtpUrl,
    mailFrom: settings.mailFrom,
    mailbox: settings.demo,
    simulate: settings.demo,
    sampleSeconds: settings.sampleSeconds,
    hostSeconds: settings.hostSeconds,
    bookClock,
  };
  const runtime = { addresses, connections: settings.connections, masterSecret, logger };
  const graph = await (transport === "http"
    ? graphOverHttp(options, runtime, settings.demo)
    : graphInProcess(options, runtime));
  const { subgraphs } = graph;
  stopping.add("subgraphs", () => graph.stop());
  await graph.start();
  if (stopping.begun) throw new Error("stopped while it started");
  if (settings.demo) await seedDemo(subgraphs, say);
  else await refuseDemoData(subgraphs);
  const gateway = await createGateway({
    ...graph.forGateway,
    supergraphSdl: readSupergraph(),
    host: settings.host,
    port: settings.port,
    publicUrl: settings.publicUrl,
    trustedProxies: settings.trustedProxies,
    secureCookies: settings.publicUrl.startsWith("https://"),
    logger,
    webRoot: builtFolder("web/dist"),
    graphiqlRoot: builtFolder("gateway/dist/graphiql"),
    explore: settings.demo,
  });
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
