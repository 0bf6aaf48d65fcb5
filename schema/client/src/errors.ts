import type { ClientError } from "graphql-request";

/** Every code there is; told apart by it, never by the text. */
export const ERROR_CODES = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "CONFLICT",
  "INVALID_INPUT",
  "INSUFFICIENT_FUNDS",
  "RATE_LIMITED",
  "UNAVAILABLE",
  "INTERNAL",
] as const;

export type TollgateErrorCode = (typeof ERROR_CODES)[number];

/** One error of an answer. */
export interface GraphError {
  message: string;
  code: TollgateErrorCode;
  /** The field that it cost, such as `["organisation", "wallet"]`; empty when it cost the whole operation. */
  path: readonly (string | number)[];
}

interface Details {
  errors?: readonly GraphError[];
  requestId?: string | null;
  answered?: boolean;
  data?: unknown;
  retryAfterMilliseconds?: number | null;
  cause?: unknown;
}

/** Why an operation was not answered, or not wholly. The only error this client throws for what the graph does. */
export class TollgateError extends Error {
  override readonly name = "TollgateError";
  readonly errors: readonly GraphError[];
  /** Under which the operator finds the request in the log; null when no answer came. */
  readonly requestId: string | null;
  /** False when no answer came: the network failed, or the time was over. */
  readonly answered: boolean;
  /** What was answered beside the errors, where something was. */
  readonly data: unknown;
  /** How long the graph asks to wait; null when it does not say. */
  readonly retryAfterMilliseconds: number | null;

  constructor(
    message: string,
    readonly code: TollgateErrorCode,
    details: Details = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.errors = details.errors ?? [];
    this.requestId = details.requestId ?? null;
    this.answered = details.answered ?? true;
    this.data = details.data ?? null;
    this.retryAfterMilliseconds = details.retryAfterMilliseconds ?? null;
  }

  /** Whether trying again later may help. */
  get isTemporary(): boolean {
    return this.code === "UNAVAILABLE" || this.code === "RATE_LIMITED";
  }

  /** Whether a mutation may have happened all the same: send it again with the same idempotency key to find out. */
  get isUncertain(): boolean {
    return this.code === "UNAVAILABLE" || this.code === "INTERNAL";
  }
}

/** An error as it is written in an answer. */
export interface WrittenError {
  message: string;
  path?: readonly (string | number)[];
  extensions?: { [name: string]: unknown };
}

/** What is known of an answer beside its body. */
export interface AnswerFacts {
  headers?: Headers;
  data?: unknown;
}

/** The errors of an answer as one; the code is that of the first. */
export function errorOfAnswer(written: readonly WrittenError[], { headers, data }: AnswerFacts = {}): TollgateError {
  const errors = written.map(({ message, path = [], extensions }) => ({
    message,
    path,
    code: codeFrom(extensions?.code),
  }));
  const [first] = errors;
  const requestId = headers?.get("x-request-id") ?? textOf(written[0]?.extensions?.requestId);
  return new TollgateError(first?.message ?? "The graph refused", first?.code ?? "INTERNAL", {
    errors,
    requestId,
    data,
    retryAfterMilliseconds: waitAskedFor(headers),
  });
}

/** An HTTP answer that is none of GraphQL's, as of a proxy in between. The request is left out: it may hold secrets. */
export function errorOfStatus({ response: { status, headers, errors } }: ClientError): TollgateError {
  if (errors && errors.length > 0) return errorOfAnswer(errors, { headers });
  return new TollgateError(`The graph answered with HTTP ${status}`, codeOfStatus(status), {
    requestId: headers.get("x-request-id"),
    retryAfterMilliseconds: waitAskedFor(headers),
  });
}

/** No answer came. */
export function unanswered(message: string, cause?: unknown): TollgateError {
  return new TollgateError(message, "UNAVAILABLE", { answered: false, cause });
}

function codeOfStatus(status: number): TollgateErrorCode {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "FORBIDDEN";
  if (status === 404) return "NOT_FOUND";
  if (status === 429) return "RATE_LIMITED";
  if (status === 408 || (status >= 502 && status <= 504)) return "UNAVAILABLE";
  return status >= 400 && status < 500 ? "INVALID_INPUT" : "INTERNAL";
}

/** A code that this version does not know is one it can do nothing about. */
function codeFrom(value: unknown): TollgateErrorCode {
  return ERROR_CODES.find((code) => code === value) ?? "INTERNAL";
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** `Retry-After` in seconds; a date there counts as nothing said. */
function waitAskedFor(headers: Headers | undefined): number | null {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}
