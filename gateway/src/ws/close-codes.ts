/** Why a WebSocket is closed by this side: code and reason, as the client sees them. */
export interface Closing {
  code: number;
  reason: string;
}

export const closings = {
  /** The process stops; the client connects again elsewhere or later and subscribes anew. */
  goingAway: { code: 1001, reason: "Going away" },
  internal: { code: 1011, reason: "Something went wrong" },
  unauthorized: { code: 4401, reason: "Unauthorized" },
  signInAgain: { code: 4401, reason: "Sign in again" },
  foreignAddress: { code: 4401, reason: "The API key may not be used from this address" },
  sessionEnded: { code: 4403, reason: "Session ended" },
  permissionsChanged: { code: 4403, reason: "Permissions changed" },
  unavailable: { code: 4503, reason: "Nobody can be recognised at the moment" },
  badRequest: { code: 4400, reason: "x-organisation-id has to be a UUID" },
  tooSlow: { code: 4413, reason: "Too slow: events would have been lost" },
} as const satisfies Record<string, Closing>;

/** Thrown where a message is handled, to close its socket. */
export class SocketRefusal extends Error {
  constructor(readonly closing: Closing) {
    super(closing.reason);
  }
}
