import { onOwnClock, send } from "../api/server.js";
import { RefreshSessionDocument } from "../gql/graphql.js";
import type { Renewal, SessionMessage, SessionSurroundings } from "./session.js";

const EXPIRY_KEY = "tollgate.session-expires-at";
const LOCK = "tollgate.session-renewal";
const CHANNEL = "tollgate.session";
const SLEEP_CHECK_MS = 1_000;

/** The browser as the session sees it. `onMessage` hears what other tabs announce. */
export function browserSurroundings(onMessage: (message: SessionMessage) => void): SessionSurroundings {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", (event: MessageEvent<SessionMessage>) => onMessage(event.data));
  return {
    requestRenewal,
    now: () => Date.now(),
    after: afterWake,
    alone: (task) => navigator.locks.request(LOCK, task),
    readExpiry() {
      const stored = Number(window.localStorage.getItem(EXPIRY_KEY));
      return Number.isFinite(stored) && stored > 0 ? stored : null;
    },
    writeExpiry(expiresAt) {
      if (expiresAt === null) window.localStorage.removeItem(EXPIRY_KEY);
      else window.localStorage.setItem(EXPIRY_KEY, String(expiresAt));
    },
    announce: (message) => channel.postMessage(message),
  };
}

async function requestRenewal(): Promise<Renewal> {
  try {
    const answer = await send(RefreshSessionDocument, {});
    const result = answer.data?.refreshSession;
    if (result?.__typename === "SignedIn") {
      return { outcome: "renewed", expiresAt: onOwnClock(result.accessTokenExpiresAt) };
    }
    return { outcome: result?.__typename === "InvalidTokenProblem" ? "refused" : "unreachable" };
  } catch {
    // No answer, or none that can be read: says nothing about the session.
    return { outcome: "unreachable" };
  }
}

/** A timer that a sleeping computer or a throttled tab does not delay beyond its waking. */
function afterWake(milliseconds: number, task: () => void): () => void {
  const due = Date.now() + milliseconds;
  const timer = setTimeout(run, milliseconds);
  document.addEventListener("visibilitychange", check);

  function cancel() {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", check);
  }
  function run() {
    cancel();
    task();
  }
  function check() {
    if (document.visibilityState === "visible" && Date.now() >= due - SLEEP_CHECK_MS) run();
  }
  return cancel;
}
