import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { type Client, CloseCode, createClient } from "graphql-ws";
import { withLocale } from "../api/locale.js";
import { codeOf, isUnauthenticated } from "../api/problems.js";
import { ACTING_HEADER } from "../app/acting.js";
import { isAboutOneself } from "../app/own-fields.js";
import { createStore, type ReadableStore } from "../app/store.js";
import type { Session } from "../session/session.js";

/** `resting` while nothing is watched. */
export type LiveState = "resting" | "connecting" | "live" | "reconnecting";

export interface LiveConnection {
  state: ReadableStore<LiveState>;
  /** Grows each time a lost connection is back, so that what was missed can be asked for. */
  returns: ReadableStore<number>;
  /**
   * Watches a subscription until the result is called. `variables` is read at each (re)connect, so that a cursor moves on;
   * a stream that ends is taken up again, unless the server refuses it for good.
   */
  watch<TData, TVariables extends Record<string, unknown>>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: () => TVariables,
    onData: (data: TData) => void,
    onRefused?: (error: unknown) => void,
  ): () => void;
  /** Closes the sockets; the streams that are watched open new ones. */
  restart(): void;
  /** One acts for another organisation from now on: what is about the former one is not continued. */
  restartActing(): void;
}

/** A page that takes over from another keeps the socket. */
const IDLE_MS = 1_000;
const PING_MS = 12_000;
const PONG_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 30_000;
const FINAL_CODES = new Set(["FORBIDDEN", "NOT_FOUND", "INVALID_INPUT"]);

export interface LiveOptions {
  /** Milliseconds before the next attempt to connect. */
  waitBefore?: (attempts: number) => number;
  actingFor?: () => string | null;
  /** In which amounts are shown. */
  localeOf?: () => string | null;
}

/**
 * One WebSocket for all live data of the tab, and while one acts for another organisation a second one for what is about
 * that: a connection has one organisation.
 */
export function createLiveConnection(
  address: string,
  session: Pick<Session, "renew">,
  { waitBefore = scatteredBackoff, actingFor = () => null, localeOf = () => null }: LiveOptions = {},
): LiveConnection {
  const state = createStore<LiveState>("resting");
  const returns = createStore(0);
  const parts = { own: createStore<LiveState>("resting"), acting: createStore<LiveState>("resting") };
  const show = () => state.set(together(parts.own.get(), parts.acting.get()));
  parts.own.subscribe(show);
  parts.acting.subscribe(show);
  const own = openClient(address, waitBefore, parts.own, returns, () => null);
  const acting = openClient(address, waitBefore, parts.acting, returns, actingFor);

  return {
    state,
    returns,
    restart: () => {
      own.terminate();
      acting.terminate();
    },
    restartActing: () => acting.terminate(),
    watch(document, variables, onData, onRefused) {
      const query = print(document);
      let stopped = false;
      let attempts = 0;
      let release: (() => void) | null = null;
      let timer: ReturnType<typeof setTimeout> | null = null;

      function open() {
        let refusal: unknown = null;
        const client = actingFor() === null || isAboutOneself(document) ? own : acting;
        release = client.subscribe(
          {
            query,
            // Read when the message is written, which happens again after every reconnect.
            get variables() {
              return withLocale(document, variables(), localeOf());
            },
          },
          {
            next(result) {
              // A refusal comes as an answer with errors alone, after which the stream completes.
              if (result.errors && !result.data) refusal = result.errors;
              else attempts = 0;
              if (result.data) onData(result.data as typeof document extends TypedDocumentNode<infer T> ? T : never); // typed by its document
            },
            error: (error) => again(error),
            complete: () => again(refusal),
          },
        );
      }

      function again(error: unknown) {
        if (stopped) return;
        if (isSessionOver(error)) {
          session
            .renew()
            .then((outcome) => outcome !== "refused" && later())
            .catch(() => later());
        } else if (error !== null && FINAL_CODES.has(codeOf(error))) {
          onRefused?.(error);
        } else later();
      }

      function later() {
        if (stopped) return;
        timer = setTimeout(open, waitBefore(attempts));
        attempts += 1;
      }

      open();
      return () => {
        stopped = true;
        if (timer !== null) clearTimeout(timer);
        release?.();
      };
    },
  };
}

/** What the person should know of: the worse of two, where both are in use. */
function together(one: LiveState, other: LiveState): LiveState {
  return (
    (["reconnecting", "connecting", "live"] as const).find((state) => state === one || state === other) ?? "resting"
  );
}

function openClient(
  address: string,
  waitBefore: (attempts: number) => number,
  state: ReturnType<typeof createStore<LiveState>>,
  returns: ReturnType<typeof createStore<number>>,
  actingFor: () => string | null,
): Client {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  let socket: WebSocket | undefined;
  const client = createClient({
    url: address,
    // Read at each (re)connect.
    connectionParams: () => {
      const id = actingFor();
      return id === null ? {} : { [ACTING_HEADER]: id };
    },
    lazyCloseTimeout: IDLE_MS,
    keepAlive: PING_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, waitBefore(retries))),
    shouldRetry: (event) => !isSessionOver(event),
    on: {
      connecting: (isRetry) => state.set(isRetry || state.get() === "reconnecting" ? "reconnecting" : "connecting"),
      opened: (opened) => {
        socket = opened as WebSocket; // graphql-ws hands over what its WebSocket constructor made
      },
      connected: () => {
        const wasLost = state.get() === "reconnecting";
        state.set("live");
        if (wasLost) returns.set(returns.get() + 1);
      },
      closed: (event) => {
        clearTimeout(pongTimer);
        state.set(isNormalClose(event) ? "resting" : "reconnecting");
      },
      ping: (received) => {
        if (received) return;
        // A socket that went silent (a sleeping laptop, a lost network) looks open for minutes.
        pongTimer = setTimeout(() => {
          if (socket?.readyState === WebSocket.OPEN) client.terminate();
        }, PONG_WAIT_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
    },
  });
  return client;
}

/** Doubles from a second up to half a minute, scattered so that a thousand tabs do not come back at once. */
function scatteredBackoff(attempts: number): number {
  const base = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** attempts);
  return base / 2 + Math.random() * (base / 2);
}

function closeCodeOf(event: unknown): number | null {
  if (typeof event !== "object" || event === null || !("code" in event)) return null;
  return typeof event.code === "number" ? event.code : null;
}

function isNormalClose(event: unknown): boolean {
  return closeCodeOf(event) === 1000;
}

function isSessionOver(error: unknown): boolean {
  const code = closeCodeOf(error);
  return code === CloseCode.Unauthorized || code === CloseCode.Forbidden || isUnauthenticated(error);
}
