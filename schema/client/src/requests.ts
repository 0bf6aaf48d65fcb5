import { type DocumentNode, print } from "graphql";
import { ClientError, GraphQLClient } from "graphql-request";
import type { Keyring } from "./credentials.js";
import { errorOfAnswer, errorOfStatus, TollgateError, unanswered } from "./errors.js";

export interface RequestParts {
  /** Of the graph, such as `https://cloud.example/graphql`. */
  url: string;
  keyring: Keyring;
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>;
  /** Milliseconds that one attempt may take. */
  timeoutMilliseconds: number;
  fetch: typeof fetch;
}

/** Data, and the errors that cost parts of it; null without any. */
export interface Answer<TData> {
  data: TData;
  error: TollgateError | null;
}

/** Sends operations over HTTP, each once. */
export class Requests {
  private readonly graph: GraphQLClient;
  private readonly printed = new WeakMap<DocumentNode, string>();

  constructor(private readonly parts: RequestParts) {
    this.graph = new GraphQLClient(parts.url, { fetch: readingWhole(parts.fetch), errorPolicy: "all" });
  }

  /**
   * @throws TollgateError without data · the reason of `signal` once that is aborted · what the token source throws
   */
  async send<TData>(document: DocumentNode, variables: object, signal?: AbortSignal): Promise<Answer<TData>> {
    const { token, headers } = await this.parts.keyring.show();
    try {
      return await this.sendAs({ ...this.parts.headers, ...headers }, document, variables, signal);
    } catch (error) {
      if (error instanceof TollgateError && error.code === "UNAUTHENTICATED") this.parts.keyring.refuse(token);
      throw error;
    }
  }

  private async sendAs<TData>(
    requestHeaders: Record<string, string>,
    document: DocumentNode,
    variables: object,
    signal: AbortSignal | undefined,
  ): Promise<Answer<TData>> {
    const deadline = AbortSignal.timeout(this.parts.timeoutMilliseconds);
    const signals = signal ? AbortSignal.any([deadline, signal]) : deadline;
    try {
      const query = this.print(document);
      const answer = await this.graph.rawRequest<TData | null>({ query, variables, requestHeaders, signal: signals });
      const { data, errors, headers } = answer;
      const error = errors && errors.length > 0 ? errorOfAnswer(errors, { headers, data }) : null;
      if (data === null || data === undefined) throw error ?? new TollgateError("The answer is empty", "INTERNAL");
      return { data, error };
    } catch (error) {
      signal?.throwIfAborted();
      if (deadline.aborted) throw unanswered(`No answer within ${this.parts.timeoutMilliseconds} ms`);
      throw failureOf(error);
    }
  }

  private print(document: DocumentNode): string {
    const known = this.printed.get(document) ?? print(document);
    this.printed.set(document, known);
    return known;
  }
}

/** No answer came, or it broke off. */
class Unreachable extends Error {}

/** A fetch that has the whole answer when it resolves, so that whatever happens on the way is told apart from bad answers. */
function readingWhole(plainFetch: typeof fetch): typeof fetch {
  return async (input, init) => {
    try {
      const response = await plainFetch(input, init);
      const body = await response.text();
      return new Response(body === "" ? null : body, response);
    } catch (error) {
      throw new Unreachable("The graph cannot be reached", { cause: error });
    }
  };
}

/** What sending threw, as the one kind of error that callers know; their own mistakes stay what they are. */
function failureOf(error: unknown): unknown {
  if (error instanceof Unreachable) return unanswered(error.message, error.cause);
  if (error instanceof ClientError) return errorOfStatus(error);
  if (error instanceof TollgateError || error instanceof TypeError) return error;
  return new TollgateError("The answer is not one of GraphQL", "INTERNAL", { cause: error });
}
