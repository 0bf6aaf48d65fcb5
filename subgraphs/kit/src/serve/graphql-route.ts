import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { traceParentOf, underTrace } from "../observe/tracing.js";
import type { Logger } from "../process/logger.js";
import { bearerFrom } from "../protocol/headers.js";
import { GATEWAY, GRAPHQL_PATH } from "../protocol/processes.js";
import { verifyCall } from "../protocol/signing.js";
import type { SubgraphRequest, SubgraphResponse, SubgraphService } from "../protocol/subgraph.js";
import { formatError } from "../subgraph/errors.js";
import type { ReadDocuments } from "./documents.js";
import { type Recognised, type Recognition, refuse } from "./recognition.js";

export interface GraphqlParts {
  service: SubgraphService;
  documents: ReadDocuments;
  recognition: Recognition;
  masterSecret: string;
  logger: Logger;
  /** Why nothing can be answered yet, or any more; null when everything can. */
  absence: () => string | null;
}

/** One operation as it comes over HTTP or WebSocket. */
export const operationShape = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.unknown().optional(),
});

/** `POST /graphql`: for the gateway with all it says beside GraphQL, for strangers with a token of their own. */
export const registerGraphql = (app: FastifyInstance, parts: GraphqlParts): void => {
  app.post(GRAPHQL_PATH, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const isGateway = isFromGateway(request, body, parts);
    const absence = parts.absence();
    if (absence !== null) return await send(reply, 503, refused(refuse("UNAVAILABLE", absence)));
    const operation = operationShape.safeParse(parsed(body));
    if (!operation.success) return await send(reply, 400, refused(refuse("INVALID_INPUT", "The body is no operation")));
    const recognised = isGateway
      ? await parts.recognition.fromGateway(operation.data.extensions)
      : await parts.recognition.stranger(request.headers, bearerFrom(request.headers.authorization), request.ip);
    const prepared = prepare(operation.data, isGateway, recognised, parts);
    if ("errors" in prepared) return await send(reply, 200, { data: null, ...prepared });
    const response = await underTrace(traceParentOf(request.headers), () => parts.service.execute(prepared.request));
    // What is for the gateway alone (tokens of a session, versions) stays here when somebody else asked.
    const { extensions, ...forEverybody } = response;
    return await send(reply, 200, isGateway ? response : forEverybody);
  });
};

const isFromGateway = (request: FastifyRequest, body: Buffer, { masterSecret, service }: GraphqlParts): boolean => {
  const call = { method: request.method, path: request.url, body };
  return verifyCall(masterSecret, service.name, [GATEWAY], request.headers, call) !== null;
};

/** The request for the subgraph, or why there is none. */
export const prepare = (
  operation: z.infer<typeof operationShape>,
  isGateway: boolean,
  recognised: Recognised,
  { documents, logger }: Pick<GraphqlParts, "documents" | "logger">,
): { request: SubgraphRequest } | Required<Pick<SubgraphResponse, "errors">> => {
  if ("refusal" in recognised) return { errors: [recognised.refusal] };
  const { caller } = recognised;
  const document = documents.read(operation.query, isGateway);
  if (!("kind" in document)) return { errors: document.map((error) => formatError(error, caller.requestId, logger)) };
  return {
    request: {
      document,
      operationName: operation.operationName ?? undefined,
      variables: operation.variables ?? undefined,
      caller,
    },
  };
};

const refused = ({ refusal }: ReturnType<typeof refuse>): SubgraphResponse => ({ errors: [refusal] });

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null; // no operation, as the check of its form says
  }
};

const send = async (reply: FastifyReply, status: number, response: SubgraphResponse): Promise<FastifyReply> =>
  await reply
    .code(status)
    .headers({ "content-type": "application/json; charset=utf-8", "cache-control": "no-store" })
    .send(JSON.stringify(response));
