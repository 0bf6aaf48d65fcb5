import { CombinedGraphQLErrors, ServerError } from "@apollo/client/errors";
import type { ErrorCode } from "../gql/graphql.js";

/** No answer came: the network, the server or the person's patience gave out. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("The server cannot be reached", { cause });
  }
}

/** A failure in words for the person. `code` is NETWORK when no answer came at all. */
export interface Trouble {
  code: ErrorCode | "NETWORK";
  /** What happened. */
  what: string;
  /** What to do now. */
  advice: string;
  /** To quote to support; null when the answer carried none. */
  requestId: string | null;
}

const WORDS: Record<Trouble["code"], [what: string, advice: string]> = {
  NETWORK: ["The server cannot be reached.", "Check your connection and try again."],
  UNAVAILABLE: ["This part of Tollgate is not available right now.", "Nothing is lost. Try again in a moment."],
  UNAUTHENTICATED: ["You are not signed in.", "Sign in and try again."],
  FORBIDDEN: ["You may not see this.", "Ask whoever runs your organisation for the permission."],
  NOT_FOUND: ["There is nothing here.", "It may have been removed, or it belongs to another organisation."],
  CONFLICT: ["Something else changed this first.", "Load it again and look before you repeat it."],
  INVALID_INPUT: ["The server did not accept what was asked.", "Check what you entered."],
  INSUFFICIENT_FUNDS: ["The wallet does not hold enough for this.", "Top it up and try again."],
  RATE_LIMITED: ["That was too often in a short time.", "Wait a minute and try again."],
  INTERNAL: ["Something went wrong on our side.", "Try again. If it stays, tell support the request number."],
};

/** Puts any failure of a request into words. */
export function troubleOf(error: unknown): Trouble {
  const code = codeOf(error);
  const [what, advice] = WORDS[code];
  return { code, what, advice, requestId: requestIdOf(error) };
}

/** The code of a failure; NETWORK when no answer came. */
export function codeOf(error: unknown): Trouble["code"] {
  if (CombinedGraphQLErrors.is(error)) return knownCode(error.errors[0]?.extensions?.["code"]);
  if (ServerError.is(error)) return codeOfStatus(error.statusCode);
  if (isErrorList(error)) return knownCode(error[0]?.extensions?.["code"]);
  return "NETWORK";
}

export interface FieldProblem {
  path: string[];
  message: string;
}

/** What is wrong with which field of the input, as the server says it; empty when it names none. */
export function fieldProblemsOf(error: unknown): FieldProblem[] {
  const list = CombinedGraphQLErrors.is(error) ? error.errors : isErrorList(error) ? error : [];
  return list.flatMap(({ extensions }) => {
    const fields: unknown = extensions?.["fields"];
    return Array.isArray(fields) ? fields.filter(isFieldProblem) : [];
  });
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === "object" && value !== null && "path" in value && "message" in value;
}

/** Whether the server says that nobody is signed in. */
export function isUnauthenticated(error: unknown): boolean {
  if (CombinedGraphQLErrors.is(error)) {
    return error.errors.some((entry) => entry.extensions?.["code"] === "UNAUTHENTICATED");
  }
  if (isErrorList(error)) return error.some((entry) => entry.extensions?.["code"] === "UNAUTHENTICATED");
  return ServerError.is(error) && error.statusCode === 401;
}

/** Whether a request failed, rather than the page itself. */
export function isRequestFailure(error: unknown): boolean {
  return CombinedGraphQLErrors.is(error) || ServerError.is(error) || error instanceof Unreachable;
}

function knownCode(code: unknown): ErrorCode {
  return typeof code === "string" && code in WORDS && code !== "NETWORK" ? (code as ErrorCode) : "INTERNAL"; // a key of WORDS
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "FORBIDDEN";
  if (status === 429) return "RATE_LIMITED";
  return status === 502 || status === 503 || status === 504 ? "UNAVAILABLE" : "INTERNAL";
}

type ErrorList = readonly { message: string; extensions?: Record<string, unknown> }[];

/** What graphql-ws hands over: a bare list of GraphQL errors. */
function isErrorList(error: unknown): error is ErrorList {
  return (
    Array.isArray(error) &&
    error.length > 0 &&
    typeof error[0] === "object" &&
    error[0] !== null &&
    "message" in error[0]
  );
}

function requestIdOf(error: unknown): string | null {
  const list = CombinedGraphQLErrors.is(error) ? error.errors : isErrorList(error) ? error : [];
  const id = list[0]?.extensions?.["requestId"];
  return typeof id === "string" ? id : null;
}
