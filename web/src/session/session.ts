import { createStore, type ReadableStore } from "../app/store.js";

/** `unknown` until the server has said who asks. */
export type SessionStatus = "unknown" | "signed-in" | "signed-out";
/** Why nobody is signed in: `expired` deserves a message, `left` is one's own wish, `none` was never signed in. */
export type SignedOutReason = "none" | "expired" | "left";

export interface SessionState {
  status: SessionStatus;
  reason: SignedOutReason;
}

/** Answer of the server to a renewal; `unreachable` says nothing about the session and is tried again. */
export type Renewal = { outcome: "renewed"; expiresAt: number } | { outcome: "refused" } | { outcome: "unreachable" };
export type RenewalOutcome = Renewal["outcome"];

/** What the session needs of the browser; a test brings its own. */
export interface SessionSurroundings {
  /** Asks the server for new cookies; never throws. `expiresAt` is in milliseconds of the browser's clock. */
  requestRenewal(): Promise<Renewal>;
  now(): number;
  /** Runs `task` after so many milliseconds; the result cancels it. */
  after(milliseconds: number, task: () => void): () => void;
  /** Runs `task` while no other tab runs one. */
  alone<T>(task: () => Promise<T>): Promise<T>;
  readExpiry(): number | null;
  writeExpiry(expiresAt: number | null): void;
  /** Tells the other tabs. */
  announce(message: SessionMessage): void;
}

export type SessionMessage =
  | { kind: "signed-in" }
  | { kind: "renewed"; expiresAt: number }
  | { kind: "signed-out"; reason: SignedOutReason };

export interface Session {
  state: ReadableStore<SessionState>;
  /** Whether this browser was signed in at its last visit. */
  wasSignedIn(): boolean;
  /** The server knows the person; `expiresAt` when new cookies came with the answer. */
  begin(expiresAt?: number): void;
  /** The server knows nobody, and this browser had not expected otherwise. */
  absent(): void;
  /** Nobody is signed in any more, in any tab. */
  end(reason: SignedOutReason): void;
  /** New cookies, once over all tabs. A refusal ends the session. */
  renew(): Promise<RenewalOutcome>;
  /** Takes in what another tab announced. */
  hear(message: SessionMessage): void;
}

const RENEW_BEFORE_MS = 5 * 60_000;
const RETRY_MS = 10_000;
const SOONEST_MS = 1_000;

/**
 * The life of a session in the browser. The tokens are in HttpOnly cookies, so all it knows is when they run out: it
 * renews them five minutes earlier, one tab for all, and ends everywhere when the server refuses.
 */
export function createSession(surroundings: SessionSurroundings): Session {
  const store = createStore<SessionState>({ status: "unknown", reason: "none" });
  let expiresAt = surroundings.readExpiry();
  let cancelTimer: (() => void) | null = null;
  let running: Promise<RenewalOutcome> | null = null;

  function become(status: SessionStatus, reason: SignedOutReason) {
    const before = store.get();
    if (before.status !== status || before.reason !== reason) store.set({ status, reason });
  }

  function schedule(delay: number) {
    cancelTimer?.();
    cancelTimer = surroundings.after(Math.max(SOONEST_MS, delay), () => {
      renew().catch(() => schedule(RETRY_MS));
    });
  }

  function keepUntil(moment: number) {
    expiresAt = moment;
    const left = moment - surroundings.now();
    schedule(Math.max(left - RENEW_BEFORE_MS, left / 2));
  }

  function close(reason: SignedOutReason) {
    cancelTimer?.();
    expiresAt = null;
    become("signed-out", reason);
  }

  async function renewAlone(known: number | null): Promise<RenewalOutcome> {
    const stored = surroundings.readExpiry();
    // Another tab was quicker while this one waited for its turn.
    if (stored !== null && stored !== known && stored > surroundings.now()) {
      keepUntil(stored);
      return "renewed";
    }
    const renewal = await surroundings.requestRenewal();
    if (renewal.outcome === "renewed") {
      surroundings.writeExpiry(renewal.expiresAt);
      surroundings.announce({ kind: "renewed", expiresAt: renewal.expiresAt });
      keepUntil(renewal.expiresAt);
    } else if (renewal.outcome === "refused") {
      end("expired");
    } else if (store.get().status === "signed-in") {
      schedule(RETRY_MS);
    }
    return renewal.outcome;
  }

  function renew(): Promise<RenewalOutcome> {
    const known = expiresAt;
    running ??= surroundings
      .alone(() => renewAlone(known))
      .finally(() => {
        running = null;
      });
    return running;
  }

  function end(reason: SignedOutReason) {
    surroundings.writeExpiry(null);
    surroundings.announce({ kind: "signed-out", reason });
    close(reason);
  }

  return {
    state: store,
    wasSignedIn: () => surroundings.readExpiry() !== null,
    begin(moment) {
      if (moment !== undefined) {
        surroundings.writeExpiry(moment);
        surroundings.announce({ kind: "signed-in" });
      }
      const until = moment ?? surroundings.readExpiry();
      if (until !== null) keepUntil(until);
      become("signed-in", "none");
    },
    absent: () => close("none"),
    end,
    renew,
    hear(message) {
      if (message.kind === "signed-out") close(message.reason);
      else if (message.kind === "renewed" && store.get().status === "signed-in") keepUntil(message.expiresAt);
    },
  };
}
