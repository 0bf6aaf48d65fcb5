import type { z } from "zod";
import { type DatabaseAddresses, databaseAddresses } from "../database/addresses.js";
import { UnavailableFault } from "../faults/fault.js";
import { RemoteProcess } from "../net/remote-process.js";
import { RemoteSink } from "../net/remote-sink.js";
import { type Answers, identityAnswers, remoteIdentity, remoteTenancy, tenancyAnswers } from "../net/sources.js";
import { startTracing } from "../observe/open-telemetry.js";
import type { Logger } from "../process/logger.js";
import { openLog, runProcess, settingsOrExit } from "../process/run.js";
import type { Stopping } from "../process/stopping.js";
import type { IdentitySource } from "../protocol/identity.js";
import { SUBGRAPH_NAMES, type SubgraphName } from "../protocol/processes.js";
import type { TenancySource } from "../protocol/tenancy.js";
import type { SubgraphDefinition } from "../subgraph/definition.js";
import { Subgraph } from "../subgraph/subgraph.js";
import { readSubgraphSettings, type SubgraphSettings } from "./environment.js";
import { SubgraphServer } from "./server.js";

export type Others = Readonly<Record<SubgraphName, RemoteProcess>>;

/** One subgraph that is served on a port of its own. */
export interface ServedSubgraph {
  name: SubgraphName;
  define: (others: Others) => SubgraphDefinition;
  /** Of accounts alone: what others must know of tokens. */
  identity?: (subgraph: Subgraph, masterSecret: string) => IdentitySource;
  /** Of organisations alone: the tree that others pull. */
  tenancy?: (subgraph: Subgraph) => TenancySource;
  /** What else others may ask of it. */
  answers?: (subgraph: Subgraph) => Answers;
}

/** What a served subgraph is told by the process it lives in. */
export interface Serving {
  host: string;
  port: number;
  database: DatabaseAddresses;
  /** To the database, at most. */
  connections: number;
  masterSecret: string;
  /** Where all five are reached. */
  addresses: Readonly<Record<SubgraphName, string>>;
  logger: Logger;
  /** What readers of `/metrics` show; this computer only may read it when left out. */
  metricsToken?: string | null;
}

/**
 * Makes a subgraph and listens. Its `start` brings it to life as soon as its database answers: alive from the beginning,
 * ready when it has its schema, the tree and the keys of accounts.
 */
export const serveSubgraph = async (
  served: ServedSubgraph,
  { database, connections, masterSecret, addresses, logger, host, port, metricsToken }: Serving,
  stopping: Stopping,
): Promise<{ subgraph: Subgraph; start: () => Promise<void> }> => {
  const { name } = served;
  const others = Object.fromEntries(
    SUBGRAPH_NAMES.map((other) => [other, new RemoteProcess(other, addresses[other], name, masterSecret)]),
  ) as Record<SubgraphName, RemoteProcess>; // one for each name
  stopping.add("connections", async () => {
    await Promise.all(Object.values(others).map((other) => other.close()));
  });
  const subgraph = await Subgraph.create(served.define(others), {
    addresses: database,
    connections,
    masterSecret,
    logger,
    tenancySource: served.tenancy ? null : remoteTenancy(others.organisations),
  });
  stopping.add(name, () => subgraph.stop());
  const ownIdentity = served.identity && onceStarted(subgraph, served.identity(subgraph, masterSecret));
  const server = await SubgraphServer.listen({
    subgraph,
    host,
    port,
    masterSecret,
    logger,
    identity: ownIdentity ?? remoteIdentity(others.accounts),
    answers: {
      ...(ownIdentity && identityAnswers(ownIdentity)),
      ...(served.tenancy && tenancyAnswers(served.tenancy(subgraph))),
      ...served.answers?.(subgraph),
    },
    recordsRefusals: served.tenancy !== undefined,
    metricsToken,
  });
  stopping.add("server", () => server.stop());
  const sinks = SUBGRAPH_NAMES.filter((other) => other !== name).map((other) => new RemoteSink(others[other]));
  return { subgraph, start: () => subgraph.start([subgraph.inbox, ...sinks]) };
};

/** Asks the database only when its roles and tables are there: a connection from before would know neither. */
const onceStarted = (subgraph: Subgraph, source: IdentitySource): IdentitySource => {
  const orRefuse = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (!subgraph.isStarted) throw new UnavailableFault();
    return await ask();
  };
  return {
    issuer: source.issuer,
    audience: source.audience,
    jwks: () => orRefuse(() => source.jwks()),
    revocations: (after) => orRefuse(() => source.revocations(after)),
    exchangeApiKey: (shown) => orRefuse(() => source.exchangeApiKey(shown)),
  };
};

/** What makes one subgraph a process. */
export interface SubgraphProcess<Own extends z.ZodRawShape>
  extends Pick<ServedSubgraph, "name" | "identity" | "tenancy"> {
  /** Variables that it alone reads. */
  variables: Own;
  /** Over several of them: each problem begins with a variable's name. */
  rules?: (given: Readonly<Record<string, string | undefined>>) => string[];
  define: (settings: SubgraphSettings<Own>, others: Others) => SubgraphDefinition;
  answers?: (subgraph: Subgraph, settings: SubgraphSettings<Own>) => Answers;
  /** Looks at the database once everything is there. @throws to end the process */
  inspect?: (subgraph: Subgraph, settings: SubgraphSettings<Own>) => Promise<void>;
}

/** Becomes a subgraph: reads the environment, serves, and stops politely. The whole of a subgraph's `main.ts`. */
export const runSubgraph = async <Own extends z.ZodRawShape>(parts: SubgraphProcess<Own>): Promise<void> => {
  const settings = settingsOrExit(() => readSubgraphSettings(parts.name, parts.variables, parts.rules));
  const logger = openLog(parts.name, settings.logLevel, settings.logFile);
  await runProcess(async (stopping) => {
    const { masterSecret, database } = settings;
    const { url, directUrl, pooled, connections } = database;
    const { tracing, metricsToken } = settings.observe;
    await startTracing(parts.name, tracing, logger, stopping);
    const { subgraph, start } = await serveSubgraph(
      {
        ...parts,
        define: (others) => parts.define(settings, others),
        answers: (made) => parts.answers?.(made, settings) ?? {},
      },
      {
        ...settings,
        database: databaseAddresses(parts.name, url, directUrl, masterSecret, pooled),
        connections,
        logger,
        metricsToken,
      },
      stopping,
    );
    await start();
    await parts.inspect?.(subgraph, settings);
    logger.info({ port: settings.port }, "started");
  }, logger);
};
