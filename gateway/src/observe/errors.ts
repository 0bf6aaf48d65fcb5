import { ERROR_CODES, type ErrorCode } from "@tollgate/kit/protocol";
import { GraphQLError, type GraphQLFormattedError } from "graphql";

const codes: ReadonlySet<unknown> = new Set(ERROR_CODES);

/** Codes of Apollo Server and graphql-js for requests that the client has to change. */
const clientMistakes: ReadonlySet<unknown> = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);

const internalExtensions = new Set(["stacktrace", "exception", "http", "debug"]);

/**
 * Marks errors of subgraphs that are no part of Tollgate, in their extensions: message and code are for clients to see as
 * they are. A symbol is never written.
 */
export const foreign = Symbol("of a subgraph of others");

const isForeign = ({ extensions }: { extensions?: object | undefined }): boolean =>
  extensions !== undefined && foreign in extensions;

/** An error that clients are meant to see. */
export function refusal(code: ErrorCode, message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, code } });
}

/** Whether the error is one of the closed set, so that its message was written for clients. */
export function isExpected(error: { extensions?: { [name: string]: unknown } | undefined }): boolean {
  const code = error.extensions?.code;
  return isForeign(error) || (codes.has(code) && code !== "INTERNAL") || clientMistakes.has(code);
}

/**
 * The error as clients see it: one code of the closed set, nothing internal. An unexpected one keeps its place only, and
 * gains the request id under which it was logged. Applying it again changes nothing.
 */
export function presentError(error: GraphQLFormattedError, requestId: string | null): GraphQLFormattedError {
  const { locations } = error;
  const path = error.path && upToList(error.path);
  const place = { ...(path && { path }), ...(locations && { locations }) };
  if (!isExpected(error)) {
    const serviceName = error.extensions?.serviceName;
    const of = { ...(serviceName !== undefined && { serviceName }), ...(requestId !== null && { requestId }) };
    return { message: "Something went wrong", ...place, extensions: { ...of, code: "INTERNAL" } };
  }
  const shown = Object.entries(error.extensions ?? {}).filter(([name]) => !internalExtensions.has(name));
  const extensions = Object.fromEntries(shown);
  if (isForeign(error)) Object.assign(extensions, { [foreign]: true });
  else if (!codes.has(extensions.code)) extensions.code = "INVALID_INPUT";
  return { message: error.message, ...place, extensions };
}

/** The same for executors, which hand on error objects. */
export function presentAsError(error: unknown, requestId: string): GraphQLError {
  const described =
    error instanceof GraphQLError
      ? error.toJSON()
      : { message: error instanceof Error ? error.message : String(error) };
  const { message, path, extensions } = presentError(described, requestId);
  return new GraphQLError(message, { path, extensions });
}

/** A fetch for the entries of a list has `@` in its path; clients know the list only. */
function upToList(path: readonly (string | number)[]): readonly (string | number)[] {
  const list = path.indexOf("@");
  return list < 0 ? path : path.slice(0, list);
}

/** The different codes of some errors. */
export function codesOf(
  errors: readonly { extensions?: { [name: string]: unknown } | undefined }[] | undefined,
): string[] {
  return [...new Set((errors ?? []).map((error) => String(error.extensions?.code ?? "INTERNAL")))];
}
