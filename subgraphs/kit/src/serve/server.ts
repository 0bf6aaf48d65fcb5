import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { registerPassThrough } from "../net/pass-through.js";
import { RevocationWatch } from "../net/revocations.js";
import type { Answers } from "../net/sources.js";
import { TokenVerifier } from "../net/tokens.js";
import { registerMetrics } from "../observe/metrics-route.js";
import type { Logger } from "../process/logger.js";
import { Loop } from "../process/loop.js";
import type { HealthCheck, HealthReport } from "../protocol/health.js";
import type { PassThroughRequest } from "../protocol/http.js";
import type { IdentitySource } from "../protocol/identity.js";
import { GATEWAY, SUBGRAPH_NAMES } from "../protocol/processes.js";
import { EVENT_CONSUMERS, PASSED_ON } from "../protocol/routing.js";
import { SIGNATURE_HEADERS, verifyCall } from "../protocol/signing.js";
import type { Subgraph } from "../subgraph/subgraph.js";
import { ReadDocuments } from "./documents.js";
import { type GraphqlParts, registerGraphql } from "./graphql-route.js";
import { registerInternal } from "./internal-routes.js";
import { Recognition } from "./recognition.js";
import { Sockets } from "./sockets.js";

export interface SubgraphServerOptions {
  subgraph: Subgraph;
  host: string;
  /** 0 takes a free one. */
  port: number;
  masterSecret: string;
  logger: Logger;
  /** Of accounts; in accounts' own process its own. */
  identity: IdentitySource;
  /** What others may ask of this subgraph. */
  answers: Answers;
  /** Whether the audit trail of refusals is here: in organisations. */
  recordsRefusals: boolean;
  /** What readers of `/metrics` show; this computer only may read it when left out. */
  metricsToken?: string | null | undefined;
}

const BODY_BYTES = 4 * 1024 * 1024;
const REVOCATIONS_MILLISECONDS = 250;
const KEYS_MILLISECONDS = 1_000;
const DRAIN_MILLISECONDS = 5_000;

/** A subgraph that listens on a port of its own. */
export class SubgraphServer {
  private readonly revocations: RevocationWatch;
  private readonly verifier: TokenVerifier;
  private readonly keys: Loop;
  private readonly sockets: Sockets;
  private stopping = false;

  private constructor(
    private readonly options: SubgraphServerOptions,
    private readonly app: FastifyInstance,
  ) {
    const { subgraph, identity, logger, masterSecret } = options;
    this.verifier = new TokenVerifier(identity);
    this.revocations = new RevocationWatch(identity, REVOCATIONS_MILLISECONDS, logger);
    // Had once, they are asked for again when a token names one that is not known.
    this.keys = new Loop("keys", KEYS_MILLISECONDS, () => this.verifier.load(), logger);
    const parts: GraphqlParts = {
      service: subgraph,
      documents: new ReadDocuments(subgraph.schema),
      recognition: new Recognition(this.verifier, this.revocations),
      masterSecret,
      logger,
      absence: () => this.absence(),
    };
    this.sockets = new Sockets(parts, subgraph.schema);
    this.revocations.onChange(() => this.sockets.closeEnded());
    registerGraphql(app, parts);
    registerInternal(app, {
      ...parts,
      name: subgraph.name,
      inbox: subgraph.inbox,
      answers: options.answers,
      recordRefusal: options.recordsRefusals
        ? (caller, permission) => subgraph.recordRefusal(caller, permission)
        : null,
    });
  }

  /**
   * Listens; answers once the subgraph is started. Asks accounts for its keys and revocations by itself.
   * @throws where what is written down of the subgraph's events and paths is not so, or the port is taken
   */
  static async listen(options: SubgraphServerOptions): Promise<SubgraphServer> {
    const { subgraph, logger, masterSecret } = options;
    if (SUBGRAPH_NAMES.some((name) => name === subgraph.name)) refuseOtherRouting(subgraph);
    const app = fastify({ logger: false, bodyLimit: BODY_BYTES, forceCloseConnections: "idle" });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) logger.error({ error, path: request.url.split("?", 1)[0] }, "request failed");
      const code = status >= 500 ? "INTERNAL" : "INVALID_INPUT";
      const message = status >= 500 ? "Something went wrong." : "The request cannot be read.";
      return await reply.code(status).send({ errors: [{ message, extensions: { code } }] });
    });
    const server = new SubgraphServer(options, app);
    app.get("/health/live", async (_request, reply) => reply.header("cache-control", "no-store").send({ live: true }));
    app.get("/health/ready", async (_request, reply) => {
      const report = await server.health();
      return await reply
        .code(report.ready ? 200 : 503)
        .header("cache-control", "no-store")
        .send(report);
    });
    registerMetrics(app, options.metricsToken ?? null);
    const routes = subgraph.routes.map((route) => ({
      ...route,
      handle: async (request: PassThroughRequest) => {
        const absence = server.absence();
        return absence === null ? await route.handle(request) : { status: 503, body: absence };
      },
    }));
    await registerPassThrough(app, routes, (request) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const call = { method: request.method, path: request.url, body };
      const isGateway = verifyCall(masterSecret, subgraph.name, [GATEWAY], request.headers, call) !== null;
      const told = request.headers[SIGNATURE_HEADERS.address];
      return isGateway && typeof told === "string" ? told : request.ip;
    });
    server.sockets.attach(app.server);
    await app.listen({ host: options.host, port: options.port });
    server.keys.start();
    // Never rejects, and whether it has been read is part of the health.
    void server.revocations.start();
    return server;
  }

  get url(): string {
    const { address, family, port } = this.app.server.address() as AddressInfo; // it listens on a port
    return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  }

  async health(): Promise<HealthReport> {
    const { name } = this.options.subgraph;
    const own: HealthCheck[] = [
      ...(this.stopping ? [{ name: "server", ready: false, reason: "It is stopping." }] : []),
      this.verifier.loaded && this.revocations.loaded
        ? { name: "identity", ready: true }
        : { name: "identity", ready: false, reason: "Accounts has not told yet whose tokens count." },
    ].map((check) => ({ ...check, name: `${name}.${check.name}` }));
    const checks = [...(await this.options.subgraph.health()), ...own];
    return { ready: checks.every((check) => check.ready), checks };
  }

  /** Not ready, sockets closed with 1001, requests under way answered. The subgraph itself goes on. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await Promise.all([this.revocations.stop(), this.keys.stop(), this.sockets.stop(DRAIN_MILLISECONDS)]);
    const timer = setTimeout(() => this.app.server.closeAllConnections(), DRAIN_MILLISECONDS);
    try {
      await this.app.close();
    } finally {
      clearTimeout(timer);
    }
  }

  private absence(): string | null {
    if (this.stopping) return "This part is stopping; try again shortly.";
    return this.options.subgraph.isStarted ? null : "This part is still starting; try again shortly.";
  }
}

/** Where events and paths go is written down for all processes; it must be what this subgraph really takes. */
const refuseOtherRouting = ({ name, inbox, routes }: Subgraph): void => {
  const events = Object.entries(EVENT_CONSUMERS).flatMap(([type, consumers]) =>
    consumers.some((consumer) => consumer === name) === inbox.accepts(type) ? [] : [type],
  );
  const unlisted = inbox.types.filter((type) => !EVENT_CONSUMERS[type]?.some((consumer) => consumer === name));
  const paths = routes.flatMap(({ method, path, maxBytes }) =>
    PASSED_ON.some(
      (one) => one.subgraph === name && one.method === method && one.path === path && one.maxBytes === maxBytes,
    )
      ? []
      : [`${method} ${path}`],
  );
  const wrong = [...new Set([...events, ...unlisted, ...paths])];
  if (wrong.length > 0) throw new Error(`protocol/routing.ts says something else of ${name}: ${wrong.join(", ")}`);
};
