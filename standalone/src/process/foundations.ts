import { join } from "node:path";
import { type Logger, openLog, Stopping } from "@tollgate/kit/process";
import { SUBGRAPH_NAMES, type SubgraphName } from "../graph/names.js";
import { startEmbeddedPostgres } from "../postgres/index.js";
import { awaitDatabase } from "./database.js";
import type { DatabaseAddress, Settings } from "./environment.js";
import { localSecret } from "./secret.js";

/** A line for the person who waits. */
export type Say = (line: string) => void;

/** A start under way, which can be given up. */
export interface Startable<Started> {
  /** Resolves when everything is ready; rejects when something is not, or when it was stopped before. */
  ready: Promise<Started>;
  /** Stops all that was started, also while the start goes on. */
  stop(): Promise<void>;
}

/** Begins to start; what a failed start had begun is stopped again before `ready` rejects. */
export const startable = <Started>(
  settings: Settings,
  start: (logger: Logger, stopping: Stopping) => Promise<Started>,
): Startable<Started> => {
  const logger = openLog("tollgate", settings.logLevel, settings.logFile);
  // PostgreSQL may have much to write before it ends.
  const stopping = new Stopping(logger, 15_000);
  const ready = start(logger, stopping).catch(async (error: unknown) => {
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

/** What everything stands on: databases that answer, and the secret that all keys follow from. */
export interface Foundations {
  masterSecret: string;
  /** The administrator's address for each subgraph. */
  databases: Record<SubgraphName, DatabaseAddress>;
}

/** Waits for the databases, or starts the embedded one. */
export const layFoundations = async (
  settings: Settings,
  logger: Logger,
  stopping: Stopping,
  say: Say,
): Promise<Foundations> => {
  const shared = await databaseOf(settings, logger, stopping, say);
  const masterSecret = settings.secret ?? localSecret(settings.dataDirectory);
  const of = (name: SubgraphName): DatabaseAddress => {
    const address = settings.databases[name] ?? shared;
    if (!address) throw new Error(`${name} has no database`);
    return address;
  };
  const databases = {
    organisations: of("organisations"),
    accounts: of("accounts"),
    billing: of("billing"),
    telemetry: of("telemetry"),
    messaging: of("messaging"),
  };
  return { masterSecret, databases };
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
