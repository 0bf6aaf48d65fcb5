import { type DocumentNode, print } from "graphql";
import { type Client, CloseCode, createClient } from "graphql-ws";
import { type RetryOptions, waitAfter } from "./backoff.js";
import type { Keyring } from "./credentials.js";
import { errorOfAnswer, TollgateError, unanswered, type WrittenError } from "./errors.js";
import { EventQueue } from "./event-queue.js";

export interface LiveParts {
  /** Of the graph, such as `wss://cloud.example/graphql`. */
  url: string;
  keyring: Keyring;
  /** Sent with every connection. */
  headers: Readonly<Record<string, string>>;
  retries: RetryOptions;
  /** Milliseconds without a sign of life after which a connection counts as lost. */
  silenceMilliseconds: number;
  webSocket: unknown;
}

export interface FollowOptions {
  /** Ends the stream quietly. */
  signal?: AbortSignal;
  /**
   * What a slow reader gets: `all` events, or the `newest` alone, which is enough where each event is the whole picture.
   * `all` by default.
   */
  keep?: "all" | "newest";
  /** Told of each interruption before it is tried again, and of events of which a part could not be had. */
  onTrouble?: (error: TollgateError) => void;
}

/** Refusals in a row, with new tokens each, after which the person has to sign in again. */
const REFUSALS = 3;
/** Events that wait for a slow reader; more would fill the memory. */
const LONGEST_QUEUE = 10_000;

const TOO_SLOW = `${LONGEST_QUEUE} events wait to be read`;

/** All streams of a client over one WebSocket, which is open while there are streams. */
export class Live {
  private readonly client: Client;
  private shownToken: string | null = null;
  private everConnected = false;
  private closed = false;
  private readonly queues = new Set<{ finish: () => void }>();

  constructor(private readonly parts: LiveParts) {
    this.client = this.connectWhenNeeded();
  }

  /**
   * Follows a subscription. An interrupted one is taken up again, with `variables` of the newest event, so that a cursor
   * moves on; a graph that was never reached is given up after as many attempts as a read.
   *
   * @throws TollgateError when the graph refuses for good
   */
  async *follow<TData>(
    document: DocumentNode,
    variables: (newest: TData | null) => Record<string, unknown>,
    { signal, keep = "all", onTrouble = ignore }: FollowOptions,
  ): AsyncGenerator<TData, void, void> {
    if (signal?.aborted || this.closed) return;
    const queue = new EventQueue<TData>(keep === "newest", LONGEST_QUEUE);
    const stop = this.open({ query: print(document), variables, queue, onTrouble });
    this.queues.add(queue);
    const quietly = () => queue.finish();
    signal?.addEventListener("abort", quietly, { once: true });
    try {
      for (let next = await queue.next(); next && !signal?.aborted; next = await queue.next()) yield next.event;
    } finally {
      signal?.removeEventListener("abort", quietly);
      this.queues.delete(queue);
      stop();
    }
  }

  /** Closes the connection and ends its streams. */
  async close(): Promise<void> {
    this.closed = true;
    for (const queue of this.queues) queue.finish();
    await this.client.dispose();
  }

  private open<TData>(stream: Stream<TData>): () => void {
    let newest: TData | null = null;
    let failures = 0;
    let refusals = 0;
    let stopped = false;
    let release = ignore;
    let timer: NodeJS.Timeout | undefined;

    const subscribe = () => {
      let refusal: TollgateError | null = null;
      release = this.client.subscribe<TData>(
        { query: stream.query, variables: stream.variables(newest) },
        {
          next: ({ data, errors }) => {
            const error = errors && errors.length > 0 ? errorOfAnswer(errors, { data }) : null;
            if (!data) {
              refusal = error;
              return;
            }
            if (error) stream.onTrouble(error);
            failures = 0;
            refusals = 0;
            newest = data;
            if (!stream.queue.push(data)) stream.queue.finish(new TollgateError(TOO_SLOW, "RATE_LIMITED"));
          },
          error: (error) => interrupted(error),
          complete: () => (refusal ? interrupted(refusal) : stream.queue.finish()),
        },
      );
    };

    const interrupted = (cause: unknown) => {
      if (stopped || this.closed) return;
      const error = failureOf(cause);
      failures += 1;
      if (isRefusedToken(error)) {
        refusals += 1;
        this.parts.keyring.refuse(this.shownToken);
      }
      if (!this.mayTryAgain(error, failures, refusals)) return stream.queue.finish(error);
      // Only failureOf's own errors may be tried again.
      if (error instanceof TollgateError) stream.onTrouble(error);
      timer = setTimeout(subscribe, waitAfter(failures, this.parts.retries));
    };

    subscribe();
    return () => {
      stopped = true;
      clearTimeout(timer);
      release();
    };
  }

  private mayTryAgain(error: unknown, failures: number, refusals: number): boolean {
    if (isRefusedToken(error)) {
      // A key whose permissions changed is good still: what it may do now is seen when it connects again.
      const most = this.parts.keyring.isRenewable ? REFUSALS : this.everConnected ? 2 : 1;
      return refusals < most;
    }
    if (!(error instanceof TollgateError && error.isTemporary)) return false;
    return this.everConnected || failures < this.parts.retries.attempts;
  }

  private connectWhenNeeded(): Client {
    let silence: NodeJS.Timeout | undefined;
    const client = createClient({
      url: this.parts.url,
      webSocketImpl: this.parts.webSocket,
      keepAlive: this.parts.silenceMilliseconds / 2,
      connectionAckWaitTimeout: this.parts.silenceMilliseconds,
      retryAttempts: 0, // each stream decides for itself, and with new variables
      connectionParams: async () => {
        const { headers, token } = await this.parts.keyring.show();
        this.shownToken = token;
        return { ...this.parts.headers, ...headers };
      },
      on: {
        connected: () => {
          this.everConnected = true;
        },
        closed: () => clearTimeout(silence),
        ping: (received) => {
          // A socket whose network went away looks open for minutes.
          if (!received) silence = setTimeout(() => client.terminate(), this.parts.silenceMilliseconds / 2);
        },
        pong: (received) => {
          if (received) clearTimeout(silence);
        },
      },
    });
    return client;
  }
}

interface Stream<TData> {
  query: string;
  variables: (newest: TData | null) => Record<string, unknown>;
  queue: EventQueue<TData>;
  onTrouble: (error: TollgateError) => void;
}

function ignore(): void {
  // Nobody has asked to be told.
}

function isRefusedToken(error: unknown): boolean {
  return error instanceof TollgateError && error.code === "UNAUTHENTICATED";
}

/** Why a subscription broke: graph errors, the closing of the socket, or what the token source threw. */
function failureOf(cause: unknown): unknown {
  if (cause instanceof TollgateError) return cause;
  if (Array.isArray(cause)) return errorOfAnswer(cause as WrittenError[]); // graph errors, as the protocol has them
  if (typeof cause !== "object" || cause === null) return unanswered("The connection failed");
  if ("code" in cause && typeof cause.code === "number") return errorOfClosing(cause.code, reasonOf(cause));
  // A WebSocket tells only that it failed, in an event and never in a bare error of its own; the rest is the token source's.
  return "type" in cause && cause.type === "error" ? unanswered("The graph cannot be reached", cause) : cause;
}

function reasonOf(closing: object): string {
  return "reason" in closing && typeof closing.reason === "string" && closing.reason !== ""
    ? closing.reason
    : "The connection was lost";
}

function errorOfClosing(code: number, reason: string): TollgateError {
  // What ends a session closes sockets with "forbidden", too: a new token tells whether anything is left.
  if (code === CloseCode.Unauthorized || code === CloseCode.Forbidden)
    return new TollgateError(reason, "UNAUTHENTICATED");
  if (code === CloseCode.BadRequest) return new TollgateError(reason, "INVALID_INPUT");
  if (code === CloseCode.SubprotocolNotAcceptable) return new TollgateError(reason, "INVALID_INPUT");
  return unanswered(reason);
}
