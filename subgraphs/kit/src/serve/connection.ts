import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import type { RequestCaller } from "../protocol/caller.js";

/** Why a WebSocket is closed by this side. */
export const CLOSINGS = {
  goingAway: [1001, "Going away"],
  internal: [1011, "Something went wrong"],
  badRequest: [4400, "x-organisation-id has to be a UUID"],
  unauthorized: [4401, "Unauthorized"],
  sessionEnded: [4403, "Session ended"],
  unavailable: [4503, "Nobody can be recognised at the moment"],
} as const;

export type Closing = (typeof CLOSINGS)[keyof typeof CLOSINGS];

/** Thrown while a connection begins, to close it. */
export class ConnectionRefused extends Error {
  constructor(readonly closing: Closing) {
    super(closing[1]);
  }
}

/** What a socket has shown of itself: the gateway, which brings an envelope with each operation, or a client of its own. */
export type Shown = { kind: "GATEWAY" } | { kind: "STRANGER"; caller: RequestCaller };

/** One WebSocket, pinged while it lives. */
export class Connection {
  shown: Shown | null = null;
  private answered = true;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    readonly socket: WebSocket,
    readonly request: IncomingMessage,
    pingMilliseconds: number,
  ) {
    socket.on("pong", () => {
      this.answered = true;
    });
    this.timers.push(setInterval(() => this.ping(), pingMilliseconds).unref());
  }

  close([code, reason]: Closing): void {
    this.socket.close(code, reason);
  }

  /** Closes it when the token that it began with runs out. */
  endAt(seconds: number): void {
    const milliseconds = Math.max(0, seconds * 1000 - Date.now());
    this.timers.push(setTimeout(() => this.close(CLOSINGS.unauthorized), milliseconds).unref());
  }

  /** The socket is gone. */
  released(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** Resolves when the other side has closed too, or after some milliseconds. */
  async goAway(milliseconds: number): Promise<void> {
    const { socket } = this;
    if (socket.readyState === socket.CLOSED) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => socket.terminate(), milliseconds);
    socket.once("close", () => resolve());
    this.close(CLOSINGS.goingAway);
    await promise;
    clearTimeout(timer);
  }

  private ping(): void {
    if (!this.answered) {
      this.socket.terminate();
      return;
    }
    this.answered = false;
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }
}
