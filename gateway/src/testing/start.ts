import { pino } from "pino";
import { createGateway, type Gateway } from "../create-gateway.js";
import type { GatewayOptions } from "../options.js";
import { createFixtureGraph, type FixtureGraph } from "./graph.js";
import { IdentityFixture } from "./identity.js";

export interface RunningGateway {
  gateway: Gateway;
  graph: FixtureGraph;
  identity: IdentityFixture;
  /** The log, one object a line. */
  log: Record<string, unknown>[];
  url: string;
  /** Sends an operation over HTTP. */
  ask(query: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  variables?: Record<string, unknown>;
  operationName?: string;
  extensions?: Record<string, unknown>;
  token?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Headers;
  data: Record<string, unknown> | null | undefined;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  body: Record<string, unknown>;
}

/** A gateway on a free port over a fresh fixture graph. */
export async function startGateway(options: Partial<GatewayOptions> = {}): Promise<RunningGateway> {
  const graph = createFixtureGraph();
  const identity = await IdentityFixture.create();
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const { limits, ...others } = options;
  const gateway = await createGateway({
    supergraphSdl: graph.supergraphSdl,
    services: [graph.accounts, graph.telemetry, graph.billing],
    identity,
    host: "127.0.0.1",
    port: 0,
    publicUrl: "https://cloud.example",
    secureCookies: false,
    logger,
    webRoot: null,
    graphiqlRoot: null,
    routes: [],
    health: async () => ({ ready: true, checks: [] }),
    explore: true,
    limits: { revocationMilliseconds: 20, ...limits },
    ...others,
  });
  const { url } = gateway;
  return { gateway, graph, identity, log, url, ask: async (query, ask = {}) => await askAt(url, query, ask) };
}

/** Sends an operation over HTTP. */
export async function askAt(url: string, query: string, options: AskOptions): Promise<Answer> {
  const { variables, operationName, extensions, token, headers, signal } = options;
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json",
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify({ query, variables, operationName, extensions }),
    ...(signal && { signal }),
  });
  const body = (await response.json()) as { data?: Answer["data"]; errors?: Answer["errors"] }; // GraphQL's shape
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors ?? [], body };
}

/** Tries again until the check passes; for what happens on a timer of its own. */
export async function eventually(check: () => Promise<void> | void, milliseconds = 3_000): Promise<void> {
  const end = performance.now() + milliseconds;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
