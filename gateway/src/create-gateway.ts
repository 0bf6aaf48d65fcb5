import { RevocationWatch, registerPassThrough, TokenVerifier } from "@tollgate/kit/net";
import { registerMetrics } from "@tollgate/kit/observe";
import type { AccessClaims, HealthReport, SubgraphService } from "@tollgate/kit/protocol";
import { requestIdFrom } from "@tollgate/kit/protocol";
import type { FastifyInstance } from "fastify";
import { Executor } from "./execute/execute.js";
import { SupergraphGateway } from "./execute/gateway-interface.js";
import { addressFinder } from "./http/address.js";
import { createApolloServer } from "./http/apollo.js";
import { registerGraphql } from "./http/graphql-route.js";
import { readinessOf, registerHealth } from "./http/health.js";
import { registerPages } from "./http/pages.js";
import { createHttpServer } from "./http/server.js";
import { ApiKeyExchanges } from "./identity/api-keys.js";
import { accessCookie, readCookies } from "./identity/cookies.js";
import { anonymous, type Credentials, type Identified, Identity } from "./identity/identify.js";
import { TenancyVersions } from "./identity/tenancy-versions.js";
import { Admission } from "./limits/admission.js";
import { defaultLimits, type Limits } from "./limits/limits.js";
import { watch } from "./observe/meters.js";
import type { GatewayOptions } from "./options.js";
import { Documents } from "./plan/documents.js";
import { Plans } from "./plan/plans.js";
import { TrustedDocuments } from "./plan/trusted-documents.js";
import { LiveOperations } from "./subscribe/live-operations.js";
import { Subscriptions } from "./subscribe/subscribe.js";
import { loadSupergraph } from "./supergraph/load.js";
import { type Closing, closings } from "./ws/close-codes.js";
import { SocketServer } from "./ws/socket-server.js";

export interface Gateway {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Serves another supergraph from the next operation on. What is under way ends on the graph that it began with; live
   * subscriptions move over, and those that do not fit any more end with the reason.
   * @param services its subgraphs, where they are not the same as before
   * @throws when it cannot be loaded or names a subgraph that is not among the services; the old one stays
   */
  swap(supergraphSdl: string, services?: readonly SubgraphService[]): void;
  /** Stops politely: not ready, sockets closed with 1001, requests under way answered, timers cleared. */
  stop(): Promise<void>;
}

const graphqlPath = "/graphql";
const rememberedSessions = 10_000;

/**
 * Starts a gateway; resolves when it listens.
 * @throws when the supergraph cannot be loaded, names a subgraph that is not among the services, or the port is taken
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { logger, explore, publicUrl, identity: source, forwards = false } = options;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const supergraph = loadSupergraph(options.supergraphSdl);
  refuseMissing(supergraph.subgraphs, options.services);
  const tenancyVersions = new TenancyVersions(rememberedSessions);
  const admission = new Admission(limits);
  const trusted = new TrustedDocuments(options.trustedDocuments ?? new Map());
  const plans = new Plans(limits.plans);
  const executor = new Executor(options.services, plans, logger, {
    maximumCost: limits.cost,
    mayExplore: options.mayExplore ?? (() => explore),
    only: options.onlyTrustedDocuments ? trusted : null,
    onForbidden: options.onForbidden ?? (() => undefined),
  });
  const gateway = new SupergraphGateway(supergraph, executor);
  const revocations = source && new RevocationWatch(source, limits.revocationMilliseconds, logger);
  const identity =
    source && revocations && new Identity(new TokenVerifier(source), revocations, new ApiKeyExchanges(source));
  const identify = async (credentials: Credentials): Promise<Identified> => {
    if (options.recognise) return await options.recognise(credentials.bearer);
    return identity ? await identity.identify(credentials) : anonymous;
  };

  const closingOf = (claims: AccessClaims): Closing | null => {
    if (revocations?.isEnded(claims.sid)) return closings.sessionEnded;
    return revocations?.isStale(claims) ? closings.permissionsChanged : null;
  };
  const subscriptions = new Subscriptions(executor, logger);
  const operations = new LiveOperations({
    gateway,
    executor,
    subscriptions,
    documents: new Documents(limits, explore),
    admission,
    limits,
    logger,
  });
  const sockets = new SocketServer({
    operations,
    tenancyVersions,
    limits,
    admission,
    logger,
    forwards,
    publicUrl,
    addressOf: addressFinder(options.trustedProxies ?? []),
    path: graphqlPath,
    identify: async ({ headers, address }, shown) =>
      await identify({
        ...shown,
        accessCookie: readCookies(headers.cookie)[accessCookie] ?? null,
        address,
        userAgent: headers["user-agent"] ?? "",
        requestId: requestIdFrom(headers),
      }),
    closingOf,
  });

  let stopping = false;
  const ownChecks = (): HealthReport["checks"] => [
    ...(stopping ? [{ name: "gateway", ready: false, reason: "is stopping" }] : []),
    ...(revocations && !revocations.loaded
      ? [{ name: "revocations", ready: false, reason: "have not been read yet" }]
      : []),
  ];

  const apollo = createApolloServer({ gateway, limits, explore, logger, registered: trusted.texts });
  await apollo.start();
  const app = await createHttpServer({
    limits,
    publicUrl,
    secure: options.secureCookies,
    trustedProxies: options.trustedProxies ?? [],
    logger,
  });
  const { secureCookies } = options;
  const events = registerGraphql(app, {
    apollo,
    gateway,
    identify,
    tenancyVersions,
    limits,
    admission,
    publicUrl,
    secureCookies,
    forwards,
    path: graphqlPath,
    live: { operations, closingOf },
  });
  revocations?.onChange(() => {
    sockets.closeEnded();
    events.closeEnded();
  });
  registerHealth(app, async () => await readinessOf(options.health, ownChecks(), logger));
  registerMetrics(app, options.metricsToken ?? null);
  await registerPassThrough(app, options.routes);
  await registerPages(app, options);
  sockets.attach(app.server);
  const url = await app.listen({ host: options.host, port: options.port });
  await revocations?.start();
  const unwatch = watch({
    plans: () => plans.size,
    sockets: () => sockets.size,
    eventConnections: () => events.size,
    streams: () => operations.open,
    sharedStreams: () => subscriptions.hub.size,
    upstreams: () => subscriptions.upstreams.size,
    breakers: executor.breakers,
  });

  return {
    url,
    swap: (sdl, services = options.services) => {
      const next = loadSupergraph(sdl);
      refuseMissing(next.subgraphs, services);
      executor.serve(next, services);
      gateway.swap(next);
      void operations.moveOver();
    },
    stop: async () => {
      if (stopping) return;
      stopping = true;
      unwatch();
      const { drainMilliseconds } = limits;
      events.stop();
      await Promise.all([revocations?.stop(), sockets.stop(drainMilliseconds), drain(app, drainMilliseconds)]);
      await apollo.stop();
    },
  };
}

function refuseMissing(subgraphs: readonly string[], services: readonly SubgraphService[]): void {
  const missing = subgraphs.filter((name) => !services.some((service) => service.name === name)).sort();
  if (missing.length > 0) throw new Error(`The supergraph has subgraphs without a service: ${missing.join(", ")}`);
}

/** Waits for the requests under way, then cuts off those that take too long. */
async function drain(app: FastifyInstance, milliseconds: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), milliseconds);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
