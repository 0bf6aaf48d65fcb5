import { constants } from "node:zlib";
import compress from "@fastify/compress";
import cookie from "@fastify/cookie";
import { requestIdFrom } from "@tollgate/kit/protocol";
import fastify, { type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Limits } from "../limits/limits.js";
import { registerErrorHandler } from "./errors.js";
import { registerSecurityHeaders } from "./security.js";

export interface HttpServerParts {
  limits: Limits;
  publicUrl: string;
  secure: boolean;
  trustedProxies: readonly string[];
  logger: Logger;
}

/** The HTTP server with what holds for every path: request ids, security headers, compression, errors. */
export async function createHttpServer({
  limits,
  publicUrl,
  secure,
  trustedProxies,
  logger,
}: HttpServerParts): Promise<FastifyInstance> {
  const app = fastify({
    logger: false, // one line per operation is written elsewhere
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMilliseconds,
    http: {
      headersTimeout: limits.headersMilliseconds,
      connectionsCheckingInterval: Math.min(limits.headersMilliseconds, limits.requestMilliseconds) / 4,
    },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: (request) => requestIdFrom(request.headers),
    forceCloseConnections: "idle",
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  registerErrorHandler(app, logger);
  await registerSecurityHeaders(app, publicUrl, secure);
  await app.register(cookie);
  await app.register(compress, {
    encodings: ["br", "gzip"],
    // Answers are compressed while somebody waits: the highest quality costs more time than it saves.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    globalDecompression: false,
  });
  return app;
}
