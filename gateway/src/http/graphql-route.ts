import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { OperationContext } from "../execute/context.js";
import type { SupergraphGateway } from "../execute/gateway-interface.js";
import { bearerFrom, callerFrom, narrowingFrom } from "../identity/caller.js";
import { accessCookie, refreshCookie, setSessionCookies } from "../identity/cookies.js";
import type { Credentials, Identified } from "../identity/identify.js";
import { hasSessionCookie, isOwnOrigin } from "../identity/origin.js";
import type { TenancyVersions } from "../identity/tenancy-versions.js";
import type { Admission } from "../limits/admission.js";
import { startDeadline } from "../limits/deadline.js";
import type { Limits } from "../limits/limits.js";
import { unsafeToValidate } from "../plan/documents.js";
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
  path: string;
}

/** Serves GraphQL over HTTP. */
export function registerGraphql(app: FastifyInstance, parts: GraphqlRouteParts): void {
  const answer = fastifyApolloHandler(parts.apollo, {
    context: async (request, reply) => await contextFor(request, reply, parts),
  });
  app.route({
    method: ["GET", "POST"],
    url: parts.path,
    onRequest: async (request, reply) => {
      const seconds = parts.admission.waitOfAddress(request.ip);
      if (seconds === 0) return;
      reply.header("retry-after", seconds);
      await sendError(reply, 429, "RATE_LIMITED", `Too many requests; try again in ${seconds} s`);
    },
    preHandler: async (request, reply) => {
      const foreign = hasSessionCookie(request.cookies) && !isOwnOrigin(request.headers, parts.publicUrl);
      if (foreign) return await sendError(reply, 403, "FORBIDDEN", "This page may not use the session of another site");
      // Apollo Server validates without a guard: it would answer that something went wrong here.
      const { apiSchema } = parts.gateway.current;
      const unsafe = unsafeToValidate(apiSchema, sourceOf(request), parts.limits.tokens);
      if (unsafe) await sendError(reply, 400, "INVALID_INPUT", unsafe.message);
    },
    async handler(request, reply) {
      const scope = { requestId: request.id, wellFormed: false };
      const payload = await requestScope.run(scope, () => answer.call(app, request, reply));
      const legacy = String(reply.getHeader("content-type")).startsWith("application/json");
      // GraphQL over HTTP: clients of this media type take another status than 200 for an answer of some proxy.
      if (legacy && scope.wellFormed && reply.statusCode === 400) reply.code(200);
      return payload;
    },
  });
}

/** The text of the operation, wherever the request has it; empty when it has none. */
function sourceOf({ body, query }: FastifyRequest): string {
  const carrier = body ?? query;
  const source = typeof carrier === "object" && carrier !== null && "query" in carrier ? carrier.query : "";
  return typeof source === "string" ? source : "";
}

async function contextFor(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: GraphqlRouteParts,
): Promise<OperationContext> {
  const { headers, cookies } = request;
  const bearer = bearerFrom(headers.authorization);
  const narrowing = narrowingFrom(headers["x-organisation-id"]);
  const identified = await parts.identify({ bearer, accessCookie: cookies[accessCookie] ?? null });
  const deadline = startDeadline(parts.limits.operationMilliseconds);
  reply.raw.once("close", () => {
    deadline.end();
    if (!reply.raw.writableFinished) context.clientGone();
  });
  const caller = callerFrom(headers, {
    requestId: request.id,
    claims: identified.claims,
    accessToken: identified.accessToken,
    narrowedOrganisationId: narrowing.organisationId,
    address: request.ip,
    refreshToken: bearer === null ? (cookies[refreshCookie] ?? null) : null,
    deadline: deadline.at,
    minimumTenancyVersion: identified.claims && parts.tenancyVersions.of(identified.claims.sid),
  });
  const context = new OperationContext({
    caller,
    refusal: identified.refusal ?? narrowing.refusal ?? parts.admission.refusalOf(caller),
    deadline,
    transport: "http",
    tenancyVersions: parts.tenancyVersions,
    keepSession: (tokens) => setSessionCookies(reply, tokens, parts.secureCookies),
  });
  return context;
}
