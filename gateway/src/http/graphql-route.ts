import { createHash } from "node:crypto";
import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import { inSpan, traceParentOf } from "@tollgate/kit/observe";
import { type AccessClaims, bearerFrom } from "@tollgate/kit/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { OperationContext, type Transport } from "../execute/context.js";
import type { SupergraphGateway } from "../execute/gateway-interface.js";
import { apiKeyFrom, callerFrom, narrowingOf } from "../identity/caller.js";
import { accessCookie, deviceCookie, refreshCookie, setSessionCookies } from "../identity/cookies.js";
import { type Credentials, type Identified, lifeOf } from "../identity/identify.js";
import { hasSessionCookie, isOwnOrigin } from "../identity/origin.js";
import type { TenancyVersions } from "../identity/tenancy-versions.js";
import type { Admission } from "../limits/admission.js";
import { startDeadline } from "../limits/deadline.js";
import type { Limits } from "../limits/limits.js";
import { meters } from "../observe/meters.js";
import { unsafeToValidate } from "../plan/documents.js";
import { EventStreams } from "../sse/event-streams.js";
import type { LiveOperations } from "../subscribe/live-operations.js";
import { forwardedFrom } from "../transport/forwarded.js";
import type { Closing } from "../ws/close-codes.js";
import { sendError } from "./errors.js";
import { requestScope } from "./request-scope.js";

export interface GraphqlRouteParts {
  apollo: ApolloServer<OperationContext>;
  gateway: SupergraphGateway;
  identify: (credentials: Credentials) => Promise<Identified>;
  tenancyVersions: TenancyVersions;
  limits: Limits;
  admission: Admission;
  publicUrl: string;
  secureCookies: boolean;
  /** Whether some of a client's headers go along to subgraphs as they are. */
  forwards: boolean;
  path: string;
  /** For requests that want their answer as events. */
  live: { operations: LiveOperations; closingOf: (claims: AccessClaims) => Closing | null };
}

/** Serves GraphQL over HTTP, as single answers and as Server-Sent Events; returns the streams that are open. */
export function registerGraphql(app: FastifyInstance, parts: GraphqlRouteParts): EventStreams {
  const events = new EventStreams({
    ...parts.live,
    beatMilliseconds: parts.limits.pingMilliseconds,
    contextFor: async (request, reply) => await contextMaker(request, reply, "events", parts),
  });
  const answer = fastifyApolloHandler(parts.apollo, {
    context: async (request, reply) => (await contextMaker(request, reply, "http", parts))(false),
  });
  app.route({
    method: ["GET", "POST"],
    url: parts.path,
    onRequest: async (request, reply) => {
      const seconds = parts.admission.waitOfAddress(request.ip);
      if (seconds === 0) return;
      meters.refused.inc({ reason: "rate of the address" });
      reply.header("retry-after", seconds);
      await sendError(reply, 429, "RATE_LIMITED", `Too many requests; try again in ${seconds} s`);
    },
    preHandler: async (request, reply) => {
      const foreign = hasSessionCookie(request.cookies) && !isOwnOrigin(request.headers, parts.publicUrl);
      if (foreign) meters.refused.inc({ reason: "foreign origin" });
      if (foreign) return await sendError(reply, 403, "FORBIDDEN", "This page may not use the session of another site");
      if (wantsEvents(request)) return;
      if (hasHashOfAnother(request)) return await sendError(reply, 400, "INVALID_INPUT", "The hash is of another text");
      // Apollo Server validates without a guard: it would answer that something went wrong here.
      const { apiSchema } = parts.gateway.current;
      const unsafe = unsafeToValidate(apiSchema, sourceOf(request), parts.limits.tokens);
      if (unsafe) await sendError(reply, 400, "INVALID_INPUT", unsafe.message);
    },
    async handler(request, reply) {
      if (wantsEvents(request)) return await events.serve(request, reply);
      const scope = { requestId: request.id, wellFormed: false };
      const attributes = { "tollgate.transport": "http", "tollgate.request": request.id };
      const parent = traceParentOf(request.headers);
      const payload = await inSpan("operation", { kind: "server", parent, attributes }, async () =>
        requestScope.run(scope, () => answer.call(app, request, reply)),
      );
      const legacy = String(reply.getHeader("content-type")).startsWith("application/json");
      // GraphQL over HTTP: clients of this media type take another status than 200 for an answer of some proxy.
      if (legacy && scope.wellFormed && reply.statusCode === 400) reply.code(200);
      return payload;
    },
  });
  return events;
}

/** Whether the answer shall come as events. Who takes JSON as well gets events for subscriptions only. */
function wantsEvents(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? "";
  if (!/\btext\/event-stream\b/.test(accept)) return false;
  return !/\bjson\b/.test(accept) || /\bsubscription\b/.test(sourceOf(request));
}

/** Whether a text comes with the SHA-256 of another one, which Apollo Server takes for a fault of its own. */
function hasHashOfAnother(request: FastifyRequest): boolean {
  const { body } = request;
  if (typeof body !== "object" || body === null || !("extensions" in body)) return false;
  const { persistedQuery } = (body.extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null }; // or none
  const hash = persistedQuery?.sha256Hash;
  const source = sourceOf(request);
  return source !== "" && hash !== undefined && hash !== createHash("sha256").update(source).digest("hex");
}

/** The text of the operation, wherever the request has it; empty when it has none. */
function sourceOf({ body, query }: FastifyRequest): string {
  const carrier = body ?? query;
  const source = typeof carrier === "object" && carrier !== null && "query" in carrier ? carrier.query : "";
  return typeof source === "string" ? source : "";
}

/** Finds out who asks; what it returns makes the context, with the time of a subscription when that is `live`. */
async function contextMaker(
  request: FastifyRequest,
  reply: FastifyReply,
  transport: Transport,
  parts: GraphqlRouteParts,
): Promise<(live: boolean) => OperationContext> {
  const { headers, cookies } = request;
  const { limits, tenancyVersions } = parts;
  const bearer = bearerFrom(headers.authorization);
  const narrowing = narrowingOf(headers["x-organisation-id"]);
  const apiKey = apiKeyFrom(headers["x-api-key"]);
  const identified = await parts.identify({
    apiKey,
    bearer,
    accessCookie: cookies[accessCookie] ?? null,
    address: request.ip,
    userAgent: headers["user-agent"] ?? "",
    requestId: request.id,
  });
  return (live) => {
    const deadline = startDeadline(live ? lifeOf(identified, limits.socketMilliseconds) : limits.operationMilliseconds);
    const caller = callerFrom(headers, {
      requestId: request.id,
      claims: identified.claims,
      accessToken: identified.accessToken,
      narrowedOrganisationId: narrowing.organisationId,
      address: request.ip,
      refreshToken: bearer === null && apiKey === null ? (cookies[refreshCookie] ?? null) : null,
      deviceToken: cookies[deviceCookie]?.slice(0, 128) ?? null,
      deadline: deadline.at,
      minimumTenancyVersion: identified.claims && tenancyVersions.of(identified.claims.sid),
      ...(parts.forwards && { forwarded: forwardedFrom(headers) }),
    });
    const context = new OperationContext({
      caller,
      refusal: identified.refusal ?? narrowing.refusal ?? parts.admission.refusalOf(caller),
      deadline,
      transport,
      tenancyVersions,
      keepSession: (tokens) => setSessionCookies(reply, tokens, parts.secureCookies),
    });
    const closed = (): void => {
      deadline.end();
      if (!reply.raw.writableFinished) context.clientGone();
    };
    // Who asks may have gone while it was recognised: then nothing tells of it any more.
    if (reply.raw.closed) closed();
    else reply.raw.once("close", closed);
    return context;
  };
}
