import type { AccessClaims } from "@tollgate/kit/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ExecutionResult, GraphQLError } from "graphql";
import type { OperationContext } from "../execute/context.js";
import { refusal } from "../observe/errors.js";
import type { LiveOperation, LiveOperations, LiveSource } from "../subscribe/live-operations.js";
import { type Closing, closings } from "../ws/close-codes.js";
import { EventConnection, lastEvents } from "./event-connection.js";

const eventHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;

export interface EventStreamsParts {
  operations: LiveOperations;
  /** The context of a request's operation; `live` when it is a subscription. */
  contextFor: (request: FastifyRequest, reply: FastifyReply) => Promise<(live: boolean) => OperationContext>;
  /** Why a session that was good does not hold any more; null while it does. */
  closingOf: (claims: AccessClaims) => Closing | null;
  beatMilliseconds: number;
}

/** GraphQL over Server-Sent Events, each operation a connection of its own, for clients without WebSocket. */
export class EventStreams {
  private readonly connections = new Set<EventConnection>();

  constructor(private readonly parts: EventStreamsParts) {}

  /** How many are open. */
  get size(): number {
    return this.connections.size;
  }

  /** Ends the streams whose session does not hold any more, and says why. */
  closeEnded(): void {
    for (const connection of this.connections) {
      const closing = connection.claims && this.parts.closingOf(connection.claims);
      if (closing) connection.complete([refusal("UNAUTHENTICATED", closing.reason)]);
    }
  }

  /** Cuts all off, so that clients connect again: what is completed they believe to be over. */
  stop(): void {
    for (const connection of this.connections) connection.cutOff();
  }

  /** Answers a request with events. */
  async serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const contextOf = await this.parts.contextFor(request, reply);
    if (reply.raw.closed) return void reply.hijack(); // the client has gone meanwhile
    const source = sourceOf(request);
    const found =
      "query" in source ? this.parts.operations.read(source, (_id, live) => contextOf(live), request.id) : [source];
    if (!("context" in found)) return send(reply, { errors: found });
    const { kind } = found.record;
    if (kind === "mutation" && request.method === "GET") {
      return send(reply, { errors: [refusal("INVALID_INPUT", "Mutations are sent by POST")] });
    }
    if (kind !== "subscription") return send(reply, await this.parts.operations.execute(found));
    const connection = this.open(request, reply, found.context.caller.claims);
    connection.complete(await this.stream(found, connection));
  }

  private open(request: FastifyRequest, reply: FastifyReply, claims: AccessClaims | null): EventConnection {
    reply.hijack();
    reply.raw.writeHead(200, {
      ...reply.getHeaders(),
      ...eventHeaders,
    } as Record<string, string>); // fastify's headers are texts by now
    reply.raw.flushHeaders();
    const connection = new EventConnection(reply.raw, claims, this.parts.beatMilliseconds);
    this.connections.add(connection);
    request.raw.socket.setNoDelay(true);
    reply.raw.once("close", () => this.connections.delete(connection));
    return connection;
  }

  /** Sends the results; returns why there are none, or no more. */
  private async stream(operation: LiveOperation, connection: EventConnection): Promise<readonly GraphQLError[]> {
    const stream = this.parts.operations.subscribe(operation, () =>
      connection.complete([refusal("RATE_LIMITED", closings.tooSlow.reason)]),
    );
    if ("errors" in stream) return stream.errors;
    connection.onGone(() => stream.stop());
    for await (const answer of stream) await connection.next(answer);
    const timeIsOver = Date.now() >= operation.context.deadline.at;
    return timeIsOver ? [refusal("UNAUTHENTICATED", closings.signInAgain.reason)] : [];
  }
}

/** The one result of what is no subscription. */
function send(reply: FastifyReply, result: ExecutionResult): void {
  reply.header("content-type", eventHeaders["content-type"]).send(lastEvents(result));
}

/** The operation of a request, from its body or its address. */
function sourceOf({ method, body, query }: FastifyRequest): LiveSource | GraphQLError {
  const given = method === "GET" ? fromAddress(query) : body;
  if (typeof given !== "object" || given === null || !("query" in given) || typeof given.query !== "string") {
    return refusal("INVALID_INPUT", "The request has no operation");
  }
  const { operationName, variables, extensions } = given as Record<string, unknown>;
  if (!isNameOrNone(operationName)) return refusal("INVALID_INPUT", "operationName has to be a text");
  if (!isRecordOrNone(variables)) return refusal("INVALID_INPUT", "variables has to be an object");
  if (!isRecordOrNone(extensions)) return refusal("INVALID_INPUT", "extensions has to be an object");
  return { query: given.query, operationName, variables, extensions };
}

/** Parameters of an address are texts; those that hold JSON are read, and left alone when they cannot be. */
function fromAddress(query: unknown): unknown {
  if (typeof query !== "object" || query === null) return null;
  const read = (value: unknown): unknown => {
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value);
    } catch {
      return value; // no object, and refused for that
    }
  };
  const given = query as Record<string, unknown>; // what fastify makes of an address
  return { ...given, variables: read(given.variables), extensions: read(given.extensions) };
}

function isNameOrNone(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === "string";
}

function isRecordOrNone(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || (typeof value === "object" && !Array.isArray(value));
}
