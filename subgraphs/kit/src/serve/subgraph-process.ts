import type { z } from "zod";
import { databaseAddresses } from "../database/addresses.js";
import { RemoteProcess } from "../net/remote-process.js";
import { RemoteSink } from "../net/remote-sink.js";
import { remoteIdentity, remoteTenancy } from "../net/sources.js";
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

/** What makes one subgraph a process. */
export interface SubgraphProcess<Own extends z.ZodRawShape> {
  name: SubgraphName;
  /** Variables that it alone reads. */
  variables: Own;
  /** Over several of them: each problem begins with a variable's name. */
  rules?: (given: Readonly<Record<string, string | undefined>>) => string[];
  define: (settings: SubgraphSettings<Own>) => SubgraphDefinition;
  /** Of accounts alone: what others must know of tokens. */
  identity?: (subgraph: Subgraph, masterSecret: string) => IdentitySource;
  /** Of organisations alone: the tree that others pull. */
  tenancy?: (subgraph: Subgraph) => TenancySource;
  /** Looks at the database before anybody is answered. @throws to end the process */
  inspect?: (subgraph: Subgraph, settings: SubgraphSettings<Own>) => Promise<void>;
}

/** What a served subgraph is told by the process it lives in. */
export interface Serving {
  host: string;
  port: number;
  database: SubgraphSettings<z.ZodRawShape>["database"];
  masterSecret: string;
  /** Where all five are reached. */
  addresses: Readonly<Record<SubgraphName, string>>;
  logger: Logger;
}

type Parts = Pick<SubgraphProcess<z.ZodRawShape>, "name" | "identity" | "tenancy">;

/**
 * Makes a subgraph, listens, then starts it as soon as its database answers: alive from the beginning, ready when it
 * has its schema, the tree and the keys of accounts.
 */
export const serveSubgraph = async (
  { name, identity, tenancy }: Parts,
  definition: SubgraphDefinition,
  { database, masterSecret, addresses, logger, host, port }: Serving,
  stopping: Stopping,
): Promise<Subgraph> => {
  const others = Object.fromEntries(
    SUBGRAPH_NAMES.map((other) => [other, new RemoteProcess(other, addresses[other], name, masterSecret)]),
  ) as Record<SubgraphName, RemoteProcess>; // one for each name
  stopping.add("connections", async () => {
    await Promise.all(Object.values(others).map((other) => other.close()));
  });
  const subgraph = await Subgraph.create(definition, {
    addresses: databaseAddresses(name, database.url, database.directUrl, masterSecret, database.pooled),
    connections: database.connections,
    masterSecret,
    logger,
    tenancySource: tenancy ? null : remoteTenancy(others.organisations),
  });
  stopping.add(name, () => subgraph.stop());
  const server = await SubgraphServer.listen({
    subgraph,
    host,
    port,
    masterSecret,
    logger,
    identity: identity ? identity(subgraph, masterSecret) : remoteIdentity(others.accounts),
    servesIdentity: identity !== undefined,
    tenancy: tenancy ? tenancy(subgraph) : null,
  });
  stopping.add("server", () => server.stop());
  const sinks = SUBGRAPH_NAMES.filter((other) => other !== name).map((other) => new RemoteSink(others[other]));
  await subgraph.start([subgraph.inbox, ...sinks]);
  return subgraph;
};

/** Becomes a subgraph: reads the environment, serves, and stops politely. The whole of a subgraph's `main.ts`. */
export const runSubgraph = async <Own extends z.ZodRawShape>(parts: SubgraphProcess<Own>): Promise<void> => {
  const settings = settingsOrExit(() => readSubgraphSettings(parts.name, parts.variables, parts.rules));
  const logger = openLog(parts.name, settings.logLevel, settings.logFile);
  await runProcess(async (stopping) => {
    const { name, identity, tenancy } = parts;
    const subgraph = await serveSubgraph(
      { name, identity, tenancy },
      parts.define(settings),
      { ...settings, logger },
      stopping,
    );
    await parts.inspect?.(subgraph, settings);
    logger.info({ port: settings.port }, "started");
  }, logger);
};
