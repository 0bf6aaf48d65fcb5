import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isDatabaseAway } from "../faults/database-errors.js";
import type { BatchOutcome } from "../net/remote-sink.js";
import { encodeAnswer } from "../net/sources.js";
import type { Logger } from "../process/logger.js";
import type { RequestCaller } from "../protocol/caller.js";
import { decode, encode } from "../protocol/codec.js";
import { type DeliveredEvent, type EventSink, SinkUnavailable } from "../protocol/event.js";
import type { IdentitySource } from "../protocol/identity.js";
import { GATEWAY, INTERNAL_PATHS, SUBGRAPH_NAMES } from "../protocol/processes.js";
import { verifyCall } from "../protocol/signing.js";
import type { TenancySource } from "../protocol/tenancy.js";
import type { Recognition } from "./recognition.js";

export interface InternalParts {
  name: string;
  masterSecret: string;
  logger: Logger;
  absence: () => string | null;
  recognition: Recognition;
  inbox: EventSink;
  /** Of organisations alone: the tree that others pull. */
  tenancy: TenancySource | null;
  /** Of accounts alone: what others must know of tokens. */
  identity: IdentitySource | null;
  /** Of organisations alone: operations that the gateway refused before they reached any subgraph. */
  recordRefusal: ((caller: RequestCaller, permission: string) => void) | null;
}

const LARGEST_BATCH = 32 * 1024 * 1024;

/** What the parts of Tollgate ask of each other. Whoever cannot sign finds nothing here. */
export const registerInternal = (app: FastifyInstance, parts: InternalParts): void => {
  const { tenancy, identity, recordRefusal } = parts;
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const call = { method: request.method, path: request.url, body: bodyOf(request) };
    const callers = [GATEWAY, ...SUBGRAPH_NAMES];
    if (verifyCall(parts.masterSecret, parts.name, callers, request.headers, call) === null)
      return await answer(reply, 401, "Only a part of this Tollgate may ask this.", "text/plain");
    const absence = parts.absence();
    return absence === null ? undefined : await answer(reply, 503, absence, "text/plain");
  };
  app.post(INTERNAL_PATHS.events, { bodyLimit: LARGEST_BATCH, preHandler: guard }, async (request, reply) => {
    const events = decode(bodyOf(request).toString("utf8")) as DeliveredEvent[]; // encoded from them by RemoteSink
    return await answer(reply, 200, encode(await receiveAll(parts.inbox, events, parts.logger)));
  });
  if (tenancy)
    app.get<{ Querystring: { after?: string } }>(
      INTERNAL_PATHS.tenancy,
      { preHandler: guard },
      async (request, reply) => answer(reply, 200, encodeAnswer(await tenancy.changes(request.query.after ?? "0"))),
    );
  if (identity)
    app.get<{ Querystring: { after?: string } }>(
      INTERNAL_PATHS.revocations,
      { preHandler: guard },
      async (request, reply) =>
        answer(reply, 200, encodeAnswer(await identity.revocations(request.query.after ?? null))),
    );
  if (recordRefusal)
    app.post(INTERNAL_PATHS.refusals, { preHandler: guard }, async (request, reply) => {
      const { permission, extensions } = JSON.parse(bodyOf(request).toString("utf8"));
      const recognised = await parts.recognition.fromGateway(extensions);
      if ("caller" in recognised) recordRefusal(recognised.caller, String(permission));
      return await answer(reply, 200, "{}");
    });
};

/** Takes a batch; its sender puts no two events of one aggregate into it unless the first may overtake the second. */
const receiveAll = async (
  inbox: EventSink,
  events: readonly DeliveredEvent[],
  logger: Logger,
): Promise<BatchOutcome> => {
  const results = await Promise.allSettled(events.map((event) => inbox.receive(event)));
  return results.map((result, index) => {
    if (result.status === "fulfilled") return null;
    const event = events[index];
    logger.warn({ error: result.reason, event: event?.id, type: event?.type }, "event not taken");
    const unavailable = result.reason instanceof SinkUnavailable || isDatabaseAway(result.reason);
    return { error: String(result.reason).slice(0, 500), unavailable };
  });
};

const bodyOf = (request: FastifyRequest): Buffer => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

const answer = async (
  reply: FastifyReply,
  status: number,
  text: string,
  type = "application/json",
): Promise<FastifyReply> =>
  await reply
    .code(status)
    .headers({ "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" })
    .send(text);
