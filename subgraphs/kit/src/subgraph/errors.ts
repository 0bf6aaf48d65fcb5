import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { faultOfDatabaseError } from "../faults/database-errors.js";
import { type Fault, ForbiddenFault, InvalidInputFault, NotFoundFault, RateLimitedFault } from "../faults/fault.js";
import type { Logger } from "../process/logger.js";

const detailsOf = (fault: Fault): Record<string, unknown> => {
  if (fault instanceof InvalidInputFault) return { fields: fault.fields };
  if (fault instanceof NotFoundFault) return { id: fault.id };
  if (fault instanceof ForbiddenFault) return { reason: fault.reason, permission: fault.permission };
  if (fault instanceof RateLimitedFault) return { retryAfterSeconds: fault.retryAfterSeconds };
  return {};
};

/** An error as it may leave the process: a stable code and a sentence; what is unexpected is logged and hidden. */
export const formatError = (error: GraphQLError, requestId: string, logger: Logger): GraphQLFormattedError => {
  const { message, locations, path, originalError } = error;
  const place = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) };
  const fault = originalError ? faultOfDatabaseError(originalError) : null;
  if (fault) return { message: fault.message, ...place, extensions: { code: fault.code, ...detailsOf(fault) } };
  if (!originalError || originalError instanceof GraphQLError) {
    // Raised by the engine or a scalar (whose refusal of a variable the engine wraps): about the operation, not about us.
    return { message, ...place, extensions: { code: error.extensions.code ?? "INVALID_INPUT" } };
  }
  logger.error({ error: originalError, requestId, path }, "unexpected error");
  return { message: "Something went wrong.", ...place, extensions: { code: "INTERNAL", requestId } };
};

/** Whatever was thrown, as the engine's own kind of error. */
export const asGraphQLError = (error: unknown): GraphQLError => {
  if (error instanceof GraphQLError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(cause.message, { originalError: cause });
};
