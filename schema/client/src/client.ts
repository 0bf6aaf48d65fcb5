import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type DocumentNode, getOperationAST, type OperationTypeNode } from "graphql";
import { defaultRetries, type RetryOptions, retried } from "./backoff.js";
import { type Credentials, Keyring } from "./credentials.js";
import { TollgateError } from "./errors.js";
import { type FollowOptions, Live } from "./live.js";
import { type Answer, Requests } from "./requests.js";

export interface TollgateOptions {
  /** Where Tollgate is, such as `https://cloud.example`. */
  url: string;
  credentials: Credentials;
  /** Narrows everything to one organisation of the estate. */
  organisationId?: string;
  /** Language of amounts and messages, such as `en-ZA`. */
  locale?: string;
  /** Milliseconds that one attempt may take; 15 s by default. */
  timeoutMilliseconds?: number;
  /** Of reads and of lost connections; mutations are never repeated. */
  retries?: Partial<RetryOptions>;
  /** Milliseconds without a sign of life after which a connection counts as lost; 30 s by default. */
  silenceMilliseconds?: number;
  /** Instead of the global ones, for tests, proxies and old runtimes. */
  fetch?: typeof fetch;
  webSocket?: unknown;
}

export interface CallOptions {
  /** Gives up; the call rejects with its reason. A mutation may have happened all the same. */
  signal?: AbortSignal;
  /**
   * Takes data of which parts are missing: they are null, and this is told why. Without it such an answer is an error,
   * which has the data.
   */
  onPartial?: (error: TollgateError) => void;
}

type Variables = Record<string, unknown>;
/** Variables may be left out where none is needed. */
type Call<TVariables, TOptions> = Variables extends TVariables
  ? [variables?: TVariables, options?: TOptions]
  : Record<never, never> extends TVariables
    ? [variables?: TVariables, options?: TOptions]
    : [variables: TVariables, options?: TOptions];

interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const TIMEOUT_MILLISECONDS = 15_000;
const SILENCE_MILLISECONDS = 30_000;

/**
 * The graph, as a partner uses it. One client serves a whole process.
 *
 * All methods throw TollgateError for what the graph and the network do; expected refusals of mutations are part of their
 * data (`... on Problem`).
 */
export class Tollgate {
  private readonly requests: Requests;
  private readonly live: Live;
  private readonly keyring: Keyring;
  private readonly retries: RetryOptions;

  /** @throws TypeError when `url` is none */
  constructor(options: TollgateOptions) {
    const url = new URL("graphql", options.url.endsWith("/") ? options.url : `${options.url}/`);
    const headers = {
      ...(options.organisationId && { "x-organisation-id": options.organisationId }),
      ...(options.locale && { "accept-language": options.locale }),
    };
    this.keyring = new Keyring(options.credentials);
    this.retries = { ...defaultRetries, ...options.retries };
    this.requests = new Requests({
      url: url.href,
      keyring: this.keyring,
      headers,
      timeoutMilliseconds: options.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS,
      fetch: options.fetch ?? fetch,
    });
    this.live = new Live({
      url: url.href.replace(/^http/, "ws"),
      keyring: this.keyring,
      headers,
      retries: this.retries,
      silenceMilliseconds: options.silenceMilliseconds ?? SILENCE_MILLISECONDS,
      webSocket: options.webSocket,
    });
  }

  /** Reads. What may pass is tried again with growing pauses; a refused token is renewed once. */
  async query<TData, TVariables extends Variables>(
    document: TypedDocumentNode<TData, TVariables>,
    ...[variables, options = {}]: Call<TVariables, CallOptions>
  ): Promise<TData> {
    return await this.read(document, variables ?? {}, options);
  }

  /**
   * Changes something; sent once. When the error's `isUncertain` is true, the change may have happened: send it again with
   * the same idempotency key, which gives the first result again.
   */
  async mutate<TData, TVariables extends Variables>(
    document: TypedDocumentNode<TData, TVariables>,
    ...[variables, options = {}]: Call<TVariables, CallOptions>
  ): Promise<TData> {
    requireOperation(document, "mutation");
    const answer = await this.requests.send<TData>(document, variables ?? {}, options.signal);
    return answer.error === null ? answer.data : partOf(answer, answer.error, options.onPartial);
  }

  /**
   * Follows a subscription: `for await (const event of tollgate.follow(…))`. Lost connections are opened again, tokens
   * renewed. Give a function for variables with a cursor: it gets the newest event after an interruption.
   * To end it from outside use `signal`; a `break` ends it from inside.
   */
  follow<TData, TVariables extends Variables>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables | ((newest: TData | null) => TVariables),
    options: FollowOptions = {},
  ): AsyncGenerator<TData, void, void> {
    requireOperation(document, "subscription");
    const current = typeof variables === "function" ? variables : () => variables;
    return this.live.follow<TData>(document, current, options);
  }

  /** Every page of a list, one after the other: a query with a variable `after`, and where its list is in the answer. */
  async *pages<TData, TVariables extends Variables & { after?: string | null }, TPage extends Page>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
    pageOf: (data: TData) => TPage | null,
    options: CallOptions = {},
  ): AsyncGenerator<TPage, void, void> {
    for (let after = variables.after ?? null; ; ) {
      const page = pageOf(await this.read(document, { ...variables, after }, options));
      if (!page) return;
      yield page;
      if (!page.pageInfo.hasNextPage || page.pageInfo.endCursor === null) return;
      after = page.pageInfo.endCursor;
    }
  }

  /** Ends all streams and closes their connection. Requests go on. */
  async close(): Promise<void> {
    await this.live.close();
  }

  private async read<TData>(
    document: TypedDocumentNode<TData, never>,
    variables: object,
    { signal, onPartial }: CallOptions,
  ): Promise<TData> {
    requireOperation(document, "query");
    let lacking: Answer<TData> | null = null;
    const readOnce = async () => {
      const answer = await this.sendRenewing<TData>(document, variables, signal);
      if (answer.error === null) return answer;
      lacking = answer;
      throw answer.error;
    };
    try {
      return (await retried(readOnce, this.retries, signal)).data;
    } catch (error) {
      return partOf<TData>(lacking, error, onPartial);
    }
  }

  private async sendRenewing<TData>(
    document: DocumentNode,
    variables: object,
    signal: AbortSignal | undefined,
  ): Promise<Answer<TData>> {
    try {
      return await this.requests.send<TData>(document, variables, signal);
    } catch (error) {
      const renewable = error instanceof TollgateError && error.code === "UNAUTHENTICATED" && this.keyring.isRenewable;
      if (!renewable) throw error;
      return await this.requests.send<TData>(document, variables, signal);
    }
  }
}

/** Data that lacks parts, where the caller takes it. */
function partOf<TData>(
  answer: Answer<TData> | null,
  error: unknown,
  onPartial: ((error: TollgateError) => void) | undefined,
): TData {
  if (!answer || !onPartial || answer.error !== error || !(error instanceof TollgateError)) throw error;
  onPartial(error);
  return answer.data;
}

/** A mutation that is repeated like a query could happen twice. */
function requireOperation(document: DocumentNode, wanted: `${OperationTypeNode}`): void {
  const operation = getOperationAST(document)?.operation;
  if (operation !== wanted)
    throw new TypeError(`The document is no ${wanted}, but ${operation ?? "several operations"}`);
}
