import type { FailureReason } from "./session.schema.js";

/** A code that a phone scans or types, until `expiresAt`. */
export interface PairingCode {
  kind: "QR" | "PAIRING_CODE";
  text: string;
  expiresAt: Date;
  /** Which of `attempts` it is, from 1. */
  attempt: number;
  attempts: number;
}

export interface InboundMessage {
  /** The driver's name for it: what comes twice is kept once. */
  providerId: string;
  /** E.164. */
  from: string;
  name: string | null;
  text: string;
  at: Date;
}

export interface Receipt {
  messageId: string;
  state: "DELIVERED" | "READ";
  at: Date;
}

/** Why a connection ended by itself. */
export type ConnectionEnd =
  | { kind: "LOST" }
  | { kind: "LOGGED_OUT" }
  | { kind: "FAILED"; reason: FailureReason; message: string };

/** Whom a connection tells what happens. Each resolves when it is kept; it rejects when the session has another holder. */
export interface ConnectionListener {
  code(code: PairingCode): Promise<void>;
  /** The phone accepted: what to connect with from now on. No code is of use any more. */
  connected(phone: string, credentials: string): Promise<void>;
  ended(end: ConnectionEnd): Promise<void>;
  received(messages: readonly InboundMessage[]): Promise<void>;
  receipt(receipt: Receipt): Promise<void>;
}

export interface OutboundMessage {
  /** Handed over again after a crash it is still the same message, and sent once. */
  id: string;
  to: string;
  text: string;
}

/** What a connection is opened for. */
export type Purpose =
  | { kind: "PAIR"; phone: string | null }
  /** With what `connected` gave. */
  | { kind: "CONNECT"; phone: string; credentials: string };

export interface DriverSession {
  id: string;
  organisationId: string;
}

/** One way of speaking to WhatsApp. */
export interface WhatsAppDriver {
  /** @throws when it cannot be reached; it is tried again later. */
  open(session: DriverSession, purpose: Purpose, listener: ConnectionListener): Promise<DriverConnection>;
}

export interface DriverConnection {
  /** Called again and again while it is open, for what depends on the clock. */
  turn(): Promise<void>;
  /**
   * Resolves when the network has accepted it.
   * @throws MessageRefused when it never will; anything else may be tried again.
   */
  send(message: OutboundMessage): Promise<void>;
  /** Ends the pairing at WhatsApp. */
  logOut(): Promise<void>;
  /** Nothing is told after it; no timer remains. */
  close(): Promise<void>;
}

/** The network took the message for a bad one. */
export class MessageRefused extends Error {
  override name = "MessageRefused";
}
