import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isDatabaseAway } from "../faults/database-errors.js";
import type { BatchOutcome } from "../net/remote-sink.js";
import type { Answers } from "../net/sources.js";
import type { Logger } from "../process/logger.js";
import type { RequestCaller } from "../protocol/caller.js";
import { decode, encode } from "../protocol/codec.js";
import { type DeliveredEvent, type EventSink, SinkUnavailable } from "../protocol/event.js";
import { EVENTS_PATH, GATEWAY, REFUSALS_PATH, SUBGRAPH_NAMES } from "../protocol/processes.js";
import { verifyCall } from "../protocol/signing.js";
import type { Recognition } from "./recognition.js";

export interface InternalParts {
  name: string;
  masterSecret: string;
  logger: Logger;
  absence: () => string | null;
  recognition: Recognition;
  inbox: EventSink;
  /** What others may ask of this subgraph. */
  answers: Answers;
  /** Of organisations alone: operations that the gateway refused before they reached any subgraph. */
  recordRefusal: ((caller: RequestCaller, permission: string) => void) | null;
}

const LARGEST_BATCH = 32 * 1024 * 1024;

/** What the parts of Tollgate ask of each other. Whoever cannot sign finds nothing here. */
export const registerInternal = (app: FastifyInstance, parts: InternalParts): void => {
  const { answers, recordRefusal } = parts;
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const call = { method: request.method, path: request.url, body: bodyOf(request) };
    const callers = [GATEWAY, ...SUBGRAPH_NAMES];
    if (verifyCall(parts.masterSecret, parts.name, callers, request.headers, call) === null)
      return await answer(reply, 401, "Only a part of this Tollgate may ask this.", "text/plain");
    const absence = parts.absence();
    return absence === null ? undefined : await answer(reply, 503, absence, "text/plain");
  };
  app.post(EVENTS_PATH, { bodyLimit: LARGEST_BATCH, preHandler: guard }, async (request, reply) => {
    const events = decode(bodyOf(request).toString("utf8")) as DeliveredEvent[]; // encoded from them by RemoteSink
    return await answer(reply, 200, encode(await receiveAll(parts.inbox, events, parts.logger)));
  });
  for (const [path, answerTo] of Object.entries(answers))
    app.post(path, { preHandler: guard }, async (request, reply) =>
      answer(reply, 200, encode(await answerTo(decode(bodyOf(request).toString("utf8"))))),
    );
  if (recordRefusal)
    app.post(REFUSALS_PATH, { preHandler: guard }, async (request, reply) => {
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
