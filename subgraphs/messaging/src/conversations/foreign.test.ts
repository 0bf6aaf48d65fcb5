import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Desk } from "../testing/desk.js";

/** Of the simulated network: it never answers. */
const OUT_OF_REACH = "+27830020000";

let desk: Desk;
let conversationId: string;
let contactId: string;
/** A message of the customer that was given up. */
let failed: string;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
  const sessionId = await desk.connected();
  failed = (await desk.message("sendMessage", { sessionId, phone: OUT_OF_REACH, text: "Anybody there?" })).id;
  await until(async () => {
    desk.pass(10);
    return (await rows("message")).some((row) => row["id"] === failed && row["state"] === "FAILED");
  }, 60_000);
  await desk.message("simulateInboundMessage", { sessionId, from: "+27831234567", text: "A secret of the customer" });
  const { conversations } = await desk.ask<{ conversations: { nodes: { id: string; contact: { id: string } }[] } }>(
    "{ conversations(filter: { unreadOnly: true }) { nodes { id contact { id } } } }",
  );
  conversationId = conversations.nodes[0]?.id ?? "";
  contactId = conversations.nodes[0]?.contact.id ?? "";
});
afterAll(() => desk.close());

/** A table as it stands, whosever its rows are. */
const rows = (table: "message" | "conversation"): Promise<Record<string, unknown>[]> =>
  desk.messaging.subgraph.database.system("test", async (tx) => [
    ...(await tx.sql<Record<string, unknown>[]>`select * from ${tx.sql(table)} order by id`),
  ]);

const strangers = (): [string, string][] => [
  ["a sibling", desk.tree.sibling],
  ["another reseller", desk.tree.otherReseller],
  ["another reseller's customer", desk.tree.otherCustomer],
];

const NOT_FOUND = { __typename: "NotFoundProblem", code: "NOT_FOUND" };

const retry = async (messageIds: string[], org: string): Promise<object> => {
  const { result } = await desk.ask<{ result: object }>(
    `mutation($input: RetryMessagesInput!) { result: retryMessages(input: $input) {
      __typename ... on Messages { messages { id state } } ... on Problem { code } } }`,
    { input: { messageIds, idempotencyKey: randomUUID() } },
    desk.caller(org),
  );
  return result;
};

const markRead = async (id: string, org: string): Promise<object> => {
  const { result } = await desk.ask<{ result: object }>(
    `mutation($input: MarkConversationReadInput!) { result: markConversationRead(input: $input) {
      __typename ... on Conversation { unreadCount } ... on Problem { code } } }`,
    { input: { conversationId: id } },
    desk.caller(org),
  );
  return result;
};

const contactFor = async (org: string, permissions = ["conversation:read"]) => {
  const { data, errors } = await desk.messaging.execute(
    `query($of: [_Any!]!) { _entities(representations: $of) {
      ... on Contact { id name phone optedOut organisation { id } } } }`,
    { of: [{ __typename: "Contact", id: contactId }] },
    desk.caller(org, permissions),
  );
  return { contact: (data?.["_entities"] as unknown[] | undefined)?.[0] ?? null, errors };
};

describe("what somebody else wrote", () => {
  it("is not sent again under its id, alone or among one's own", async () => {
    const own = desk.tree.sibling;
    const sessionId = await desk.connected("+27821230201", desk.caller(own));
    const input = { sessionId, phone: OUT_OF_REACH, text: "Mine" };
    const mine = await desk.message("sendMessage", input, desk.caller(own));
    await until(async () => {
      desk.pass(10);
      return (await rows("message")).some((row) => row["id"] === mine.id && row["state"] === "FAILED");
    }, 60_000);
    const before = await rows("message");
    for (const [who, org] of strangers()) expect(await retry([failed], org), who).toEqual(NOT_FOUND);
    expect(await retry([mine.id, failed], own)).toEqual(NOT_FOUND);
    expect(await rows("message")).toEqual(before);
  }, 90_000);

  it("is not marked as read", async () => {
    const before = [await rows("message"), await rows("conversation")];
    for (const [who, org] of strangers()) expect(await markRead(conversationId, org), who).toEqual(NOT_FOUND);
    expect([await rows("message"), await rows("conversation")]).toEqual(before);
    expect(await markRead(conversationId, desk.tree.customer)).toEqual({ __typename: "Conversation", unreadCount: 0 });
  });

  it("is not known by whom: a contact is an entity for its own estate only, and for those who may read there", async () => {
    for (const [who, org] of strangers()) {
      const { contact, errors } = await contactFor(org);
      expect(contact, who).toBeNull();
      expect(JSON.stringify(errors ?? [])).not.toContain("+27831234567");
    }
    const { contact, errors } = await contactFor(desk.tree.customer, ["whatsapp:read"]);
    expect(contact).toBeNull();
    expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    for (const org of [desk.tree.customer, desk.tree.reseller, desk.tree.operator]) {
      expect((await contactFor(org)).contact).toMatchObject({
        id: contactId,
        phone: "+27831234567",
        organisation: { id: desk.tree.customer },
      });
    }
  });
});
