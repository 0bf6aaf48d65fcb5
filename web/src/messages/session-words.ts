import type { WhatsAppFailureReason, WhatsAppStatus } from "../gql/graphql.js";

export const STATUSES: Record<WhatsAppStatus, string> = {
  DISCONNECTED: "Not connected",
  CONNECTING: "Connecting",
  QR_READY: "Waiting to be scanned",
  PAIRING_CODE_READY: "Waiting for the code",
  CONNECTED: "Connected",
  RECONNECTING: "Connection lost, trying again",
  LOGGED_OUT: "Logged out",
  FAILED: "Stopped",
};

export const FAILURES: Record<WhatsAppFailureReason, string> = {
  PAIRING_UNUSED: "Nobody scanned it in time. Pair it again when the phone is at hand.",
  PAIRING_REFUSED: "The phone refused the pairing. Try it again.",
  BAD_SESSION: "What was kept of the pairing no longer works. Pair it again.",
  FORBIDDEN: "WhatsApp does not let this number in.",
  REPLACED: "Another device took over. Connect it again if that was not you.",
  NUMBER_RESTRICTED: "WhatsApp restricts this number for now. Wait before you write again.",
  PROTOCOL: "WhatsApp answered in a way that is not understood.",
  CREDENTIALS: "The credentials no longer work.",
  ORGANISATION_SUSPENDED: "The organisation is suspended: nothing is sent or received.",
};
