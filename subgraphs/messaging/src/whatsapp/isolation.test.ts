import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { eventOf } from "../testing/arrange.js";
import { Desk } from "../testing/desk.js";

let desk: Desk;
let sessionId: string;
let conversationId: string;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
  sessionId = await desk.connected();
  await desk.message("simulateInboundMessage", { sessionId, from: "+27831234567", text: "A secret of the customer" });
  const { conversations } = await desk.ask<{ conversations: { nodes: { id: string }[] } }>(
    "{ conversations { nodes { id } } }",
  );
  conversationId = conversations.nodes[0]?.id ?? "";
});
afterEach(() => desk.closeStreams());
afterAll(() => desk.close());

const strangers = () => [
  ["a sibling", desk.tree.sibling],
  ["another reseller", desk.tree.otherReseller],
  ["another reseller's customer", desk.tree.otherCustomer],
];

describe("what is somebody else's", () => {
  it("is not found by any query, mutation, entity or stream", async () => {
    for (const [who, org] of strangers()) {
      const caller = desk.caller(org);
      const queries = [
        ["query($id: ID!) { whatsappSession(id: $id) { id } }", sessionId],
        ["query($id: ID!) { conversation(id: $id) { id } }", conversationId],
        ["query($id: ID!) { failedMessages(organisationId: $id) { nodes { id } } }", desk.tree.customer],
        ["query($id: ID!) { conversations(filter: { organisationId: $id }) { nodes { id } } }", desk.tree.customer],
      ] as const;
      for (const [document, id] of queries) {
        const { errors } = await desk.messaging.execute(document, { id }, caller);
        expect(errors?.[0]?.extensions, `${who}: ${document}`).toMatchObject({ code: "NOT_FOUND" });
      }
      for (const mutation of [
        "pairWhatsApp",
        "connectWhatsApp",
        "disconnectWhatsApp",
        "logOutWhatsApp",
        "removeWhatsAppSession",
      ]) {
        expect(await desk.session(mutation, { sessionId }, caller), `${who}: ${mutation}`).toMatchObject({
          __typename: "NotFoundProblem",
        });
      }
      expect(await desk.session("scanWithSimulatedPhone", { sessionId, code: "ABCDEFGH" }, caller)).toMatchObject({
        __typename: "NotFoundProblem",
      });
      const text = "Hello";
      for (const [mutation, input] of [
        ["sendMessage", { conversationId, text }],
        ["sendMessage", { sessionId, phone: "+27831234567", text }],
        ["simulateInboundMessage", { sessionId, from: "+27831234567", text }],
      ] as const) {
        expect(await desk.message(mutation, input, caller), `${who}: ${mutation}`).toMatchObject({
          __typename: "NotFoundProblem",
        });
      }
      const inbox = await desk.ask<{ conversations: { totalCount: number } }>(
        '{ conversations(filter: { search: "secret" }) { totalCount nodes { id } } }',
        {},
        caller,
      );
      expect(inbox.conversations.totalCount).toBe(0);
      const entities = await desk.ask<{ _entities: unknown[] }>(
        `query($of: [_Any!]!) { _entities(representations: $of) { ... on Organisation { whatsapp { enabled } } } }`,
        { of: [{ __typename: "Organisation", id: desk.tree.customer }] },
        caller,
      );
      expect(entities._entities).toEqual([null]);
      for (const [document, variables] of [
        ["subscription($id: ID!) { whatsappSession(id: $id) { __typename } }", { id: sessionId }],
        ["subscription($id: ID) { messageAdded(conversationId: $id) { cursor } }", { id: conversationId }],
        ["subscription($id: ID) { conversationUpdated(organisationId: $id) { cursor } }", { id: desk.tree.customer }],
      ] as const) {
        const { value } = await desk.watch(document, variables, caller).next();
        expect(value.errors?.[0]?.extensions, `${who}: ${document}`).toMatchObject({ code: "NOT_FOUND" });
      }
    }
  });

  it("does not enter a stream of one's own estate", async () => {
    const caller = desk.caller(desk.tree.sibling);
    const own = await desk.connected("+27821230009", caller);
    const stream = desk.watch('subscription { messageAdded(after: "0") { message { text } } }', {}, caller);
    await desk.message("simulateInboundMessage", { sessionId, from: "+27831234567", text: "Of the customer" });
    await desk.message(
      "simulateInboundMessage",
      { sessionId: own, from: "+27831234567", text: "Of the sibling" },
      caller,
    );
    const { messageAdded } = await desk.next<{ messageAdded: { message: { text: string } } }>(stream);
    expect(messageAdded.message.text).toBe("Of the sibling");
  });

  it("is the reseller's to see, whose customer it is", async () => {
    const { conversation } = await desk.ask<{ conversation: { id: string } }>(
      "query($id: ID!) { conversation(id: $id) { id } }",
      { id: conversationId },
      desk.caller(desk.tree.reseller),
    );
    expect(conversation.id).toBe(conversationId);
  });

  it("is not found under ids that are none", async () => {
    for (const id of ["nothing", randomUUID()]) {
      expect(await desk.session("pairWhatsApp", { sessionId: id })).toMatchObject({ __typename: "NotFoundProblem" });
    }
  });
});

describe("a suspended organisation", () => {
  it("has its sessions stopped and may not write, until it is active again", async () => {
    const set = (status: "SUSPENDED" | "ACTIVE") =>
      desk.messaging.subgraph.inbox.receive(
        eventOf("organisation.changed", [desk.tree.setStatus(desk.tree.customer, status)]),
      );
    const stream = desk.watchSession(sessionId);
    await set("SUSPENDED");
    expect((await desk.untilState(stream, "WhatsAppFailed")).reason).toBe("ORGANISATION_SUSPENDED");
    const refused = { __typename: "ForbiddenProblem", code: "FORBIDDEN" };
    expect(await desk.message("sendMessage", { conversationId, text: "Hello" })).toMatchObject(refused);
    expect(await desk.session("connectWhatsApp", { sessionId })).toMatchObject(refused);
    expect(await desk.session("pairWhatsApp", { sessionId })).toMatchObject(refused);
    await set("ACTIVE");
    await until(async () => (await desk.status(sessionId)) === "CONNECTED");
    expect(await desk.message("sendMessage", { conversationId, text: "Hello" })).toMatchObject({ state: "QUEUED" });
  });
});

describe("a wish that slipped in while the organisation was being suspended", () => {
  it("waits until the organisation is active again", async () => {
    const caller = desk.caller(desk.tree.otherCustomer);
    const id = await desk.create(caller);
    const set = (status: "SUSPENDED" | "ACTIVE") =>
      desk.messaging.subgraph.inbox.receive(
        eventOf("organisation.changed", [desk.tree.setStatus(desk.tree.otherCustomer, status)]),
      );
    await set("SUSPENDED");
    await desk.messaging.subgraph.database.system(
      "test",
      (tx) => tx.sql`update whatsapp_session set goal = 'PAIRED', status = 'CONNECTING' where id = ${id}`,
    );
    const stream = desk.watchSession(id, caller);
    await desk.untilState(stream, "WhatsAppConnecting");
    await desk.connected("+27821230010", desk.caller(desk.tree.reseller)); // several turns of the runner
    const read = () =>
      desk.ask<{ whatsappSession: { status: string } }>(
        "query($id: ID!) { whatsappSession(id: $id) { status } }",
        { id },
        caller,
      );
    expect((await read()).whatsappSession.status).toBe("CONNECTING");
    await set("ACTIVE");
    await desk.untilState(stream, "WhatsAppQrReady");
  });
});
