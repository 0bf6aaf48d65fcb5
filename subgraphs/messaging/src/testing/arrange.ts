import { randomInt, randomUUID } from "node:crypto";
import { newEventId, Sealer } from "@tollgate/kit";
import type { DeliveredEvent, EventPayloads, PassThroughRequest } from "@tollgate/kit/protocol";
import { TEST_SECRET, type TestSubgraph } from "@tollgate/kit/testing";

const travelling = new Sealer(TEST_SECRET, "events");

let version = 0n;

/** An event as the relay delivers it. */
export const eventOf = <Type extends keyof EventPayloads>(
  type: Type,
  payload: EventPayloads[Type],
  rest: Partial<DeliveredEvent> = {},
): DeliveredEvent => {
  version += 1n;
  return {
    id: newEventId(),
    type,
    aggregateId: randomUUID(),
    aggregateVersion: version,
    organisationId: null,
    // As the sender's outbox writes it, at the time that the payload tells of.
    occurredAt: "at" in payload && payload.at instanceof Date ? payload.at : new Date(),
    payload,
    sealed: null,
    ...rest,
  };
};

/** A request for a mail with a code, and the code. */
export const codeMail = (request: Partial<EventPayloads["mail.requested"]> = {}) => {
  const code = String(randomInt(100_000, 1_000_000));
  const payload = {
    kind: "SIGN_IN_CODE" as const,
    userId: randomUUID(),
    organisationId: randomUUID(),
    to: `${randomUUID()}@example.com`,
    displayName: "Thandi",
    locale: "en-ZA",
    expiresAt: new Date(Date.now() + 300_000),
    facts: {},
    ...request,
  };
  const id = newEventId();
  return { code, to: payload.to, event: eventOf("mail.requested", payload, { id, sealed: travelling.seal(code, id) }) };
};

/** What a route of the subgraph answers. */
export const visit = async (messaging: TestSubgraph, path: string, query: Record<string, string> = {}) => {
  const route = messaging.subgraph.routes.find((candidate) => candidate.path === path);
  if (!route) return null;
  const request: PassThroughRequest = {
    method: "GET",
    path,
    query: new URLSearchParams(query),
    headers: {},
    rawBody: new Uint8Array(),
    address: "127.0.0.1",
  };
  const { status, headers, body } = await route.handle(request);
  return { status, headers: headers ?? {}, body: String(body) };
};
