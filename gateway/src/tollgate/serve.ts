import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSupergraph, readTrustedDocuments } from "@tollgate/schema";
import type { Logger } from "pino";
import { createGateway, type Gateway } from "../create-gateway.js";
import type { GatewayOptions } from "../options.js";
import type { GatewayPolicy } from "./variables.js";

/** The ways to the five subgraphs. */
export type GraphWays = Pick<GatewayOptions, "services" | "identity" | "routes" | "health" | "onForbidden">;

export interface ServedAt {
  host: string;
  /** 0 takes a free one. */
  port: number;
  publicUrl: string;
  /** Whether everybody may introspect and use GraphiQL. */
  demo: boolean;
  policy: GatewayPolicy;
  observe: { metricsToken: string | null };
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const explorePermission = "operations:read";

/** Serves Tollgate's graph with its web app and GraphiQL, whichever way the subgraphs are reached. @throws as createGateway */
export async function serveTollgate(graph: GraphWays, at: ServedAt, logger: Logger): Promise<Gateway> {
  const { host, port, publicUrl, demo, policy, observe } = at;
  const { trustedProxies, onlyTrustedDocuments, callerRate, addressRate } = policy;
  return await createGateway({
    ...graph,
    supergraphSdl: readSupergraph(),
    host,
    port,
    publicUrl,
    trustedProxies,
    secureCookies: publicUrl.startsWith("https://"),
    logger,
    webRoot: builtFolder("web/dist"),
    graphiqlRoot: builtFolder("gateway/dist/graphiql"),
    explore: demo,
    mayExplore: ({ claims }) => claims?.permissions.includes(explorePermission) ?? false,
    trustedDocuments: readTrustedDocuments(),
    onlyTrustedDocuments,
    limits: { callerRate, addressRate },
    metricsToken: observe.metricsToken,
  });
}

function builtFolder(path: string): string | null {
  const folder = join(root, path);
  return existsSync(join(folder, "index.html")) ? folder : null;
}
