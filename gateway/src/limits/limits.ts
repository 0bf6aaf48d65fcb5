import type { Rate } from "./rates.js";

/** How much one client may ask for. */
export interface Limits {
  /** Largest request body and WebSocket message, in bytes. */
  bodyBytes: number;
  /** Lexical tokens of a document. */
  tokens: number;
  /** Nesting of fields; introspection is exempt. */
  depth: number;
  /** Aliases of an operation, fragments counted as often as they are spread. */
  aliases: number;
  /** Fields of the operation's root. */
  rootFields: number;
  /** All fields of an operation, fragments counted as often as they are spread. */
  fields: number;
  /** Estimated cost of an operation, by `@cost` and `@listSize`. */
  cost: number;
  /** Milliseconds until what is not answered yet counts as unavailable. */
  operationMilliseconds: number;
  /** Operations under way on one WebSocket. */
  subscriptionsPerSocket: number;
  /** Subscriptions of one caller over all its sockets. */
  subscriptionsPerCaller: number;
  /** Requests and WebSockets of one address. */
  addressRate: Rate;
  /** Operations of one caller. */
  callerRate: Rate;
  /** Milliseconds that a client may take to send the headers of a request. */
  headersMilliseconds: number;
  /** Milliseconds that a client may take to send a whole request. */
  requestMilliseconds: number;
  /** Milliseconds a WebSocket may stay silent before `connection_init`. */
  connectionInitMilliseconds: number;
  /** Milliseconds after which a WebSocket has to sign in again: the life of a refresh token. */
  socketMilliseconds: number;
  /** Milliseconds between two pings; a client that has not answered by the next one is gone. */
  pingMilliseconds: number;
  /** Events that wait for a slow client of a subscription that may lose none. */
  queuedEvents: number;
  /** Milliseconds that such a client may be behind when its queue is full. */
  slowClientMilliseconds: number;
  /** Milliseconds that the answer to a shared event is good for who subscribes later; then it is joined anew. */
  freshMilliseconds: number;
  /** Milliseconds that a stop waits for requests under way. */
  drainMilliseconds: number;
  /** Milliseconds between two looks at what was revoked. */
  revocationMilliseconds: number;
  /** Plans kept, of operations of a usual length; longer ones count as several. */
  plans: number;
}

const seconds = 1_000;
const days = 86_400 * seconds;

export const defaultLimits: Limits = {
  bodyBytes: 1_048_576,
  tokens: 5_000,
  depth: 15,
  aliases: 60,
  rootFields: 20,
  fields: 2_000,
  cost: 20_000,
  operationMilliseconds: 30 * seconds,
  subscriptionsPerSocket: 50,
  subscriptionsPerCaller: 200,
  addressRate: { perSecond: 200, burst: 2_000 },
  callerRate: { perSecond: 100, burst: 1_000 },
  headersMilliseconds: 10 * seconds,
  requestMilliseconds: 30 * seconds,
  connectionInitMilliseconds: 3 * seconds,
  socketMilliseconds: 7 * days,
  pingMilliseconds: 12 * seconds,
  queuedEvents: 1_000,
  slowClientMilliseconds: 10 * seconds,
  freshMilliseconds: 5 * seconds,
  drainMilliseconds: 5 * seconds,
  revocationMilliseconds: 250,
  plans: 1_000,
};
