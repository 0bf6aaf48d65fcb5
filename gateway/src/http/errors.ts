import type { ErrorCode } from "@tollgate/kit/protocol";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "pino";

/** Answers with an error in the shape that GraphQL clients read. */
export async function sendError(reply: FastifyReply, status: number, code: ErrorCode, message: string): Promise<void> {
  const extensions = { code, requestId: reply.request.id };
  await reply.code(status).send({ errors: [{ message, extensions }] });
}

/** What the HTTP server refuses itself (size, JSON, media type) and what it did not expect, in the same shape. */
export function registerErrorHandler(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) return await sendError(reply, status, codeOf(status), messageOf(error));
    logger.error({ err: error, requestId: request.id }, "request failed");
    return await sendError(reply, 500, "INTERNAL", "Something went wrong");
  });
}

function codeOf(status: number): ErrorCode {
  if (status === 404) return "NOT_FOUND";
  return status === 429 ? "RATE_LIMITED" : "INVALID_INPUT";
}

/** Fastify's own messages are written for clients; those of a JSON parser quote the body. */
function messageOf(error: FastifyError): string {
  return error.code?.startsWith("FST_") && error.code !== "FST_ERR_CTP_INVALID_JSON_BODY"
    ? error.message
    : "The request cannot be read";
}
