import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { until } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { Desk } from "../testing/desk.js";

let desk: Desk;
let sessionId: string;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
  sessionId = await desk.connected("+27821230001");
});
afterEach(() => desk.closeStreams());
afterAll(() => desk.close());

let last = 2_000_000;
/** A number that nobody had before. */
const newPhone = (): string => {
  last += 1;
  return `+2783${last}`;
};

const inbox = async (filter: object, caller = desk.caller()) => {
  const { conversations } = await desk.ask<{
    conversations: {
      totalCount: number;
      nodes: { id: string; unreadCount: number; contact: { phone: string }; lastMessage: { text: string } }[];
    };
  }>(
    `query($filter: ConversationFilter) { conversations(filter: $filter) { totalCount
      nodes { id unreadCount contact { phone optedOut } lastMessage { text } session { id } } } }`,
    { filter },
    caller,
  );
  return conversations;
};

describe("a message out", () => {
  it("goes from QUEUED to READ, and the contact answers after a moment", async () => {
    const phone = newPhone();
    expect(await desk.message("sendMessage", { sessionId, phone, text: "Hello" })).toMatchObject({ state: "QUEUED" });
    const thread = await desk.threadWith(phone);
    await desk.untilMessages(thread, ([first]) => first?.state === "SENT");
    desk.pass(0.5);
    await desk.untilMessages(thread, ([first]) => first?.state === "DELIVERED");
    desk.pass(3);
    const messages = await desk.untilMessages(thread, (all) => all.length === 2);
    expect(messages).toMatchObject([
      { text: "Hello", state: "READ", attempts: 1, origin: "MEMBER" },
      { text: "Thanks, got it.", state: "RECEIVED", origin: "CONTACT" },
    ]);
  });

  it("is queued once for one idempotency key", async () => {
    const phone = newPhone();
    const input = { sessionId, phone, text: "Once", idempotencyKey: randomUUID() };
    const [first, second] = [await desk.message("sendMessage", input), await desk.message("sendMessage", input)];
    expect(second.id).toBe(first.id);
    expect(await desk.message("sendMessage", { ...input, text: "Twice" })).toMatchObject({
      __typename: "ConflictProblem",
    });
    expect(await desk.messages(await desk.threadWith(phone))).toHaveLength(1);
  });

  it("is given up after 3 tries, visibly, and tried anew when somebody wants it", async () => {
    const phone = "+27830010000";
    const sent = await desk.message("sendMessage", { sessionId, phone, text: "Anybody there?" });
    const thread = await desk.threadWith(phone);
    const tried = async () => {
      desk.pass(10);
      const [message] = await desk.messages(thread);
      return message?.state === "FAILED" && message.attempts === 3;
    };
    await until(tried);
    const { failedMessages } = await desk.ask<{ failedMessages: { nodes: object[] } }>(
      "{ failedMessages { nodes { id failureReason } } }",
    );
    expect(failedMessages.nodes).toEqual([
      { id: sent.id, failureReason: "This number is out of reach at the moment." },
    ]);
    const { retryMessages } = await desk.ask<{ retryMessages: object }>(
      `mutation($input: RetryMessagesInput!) { retryMessages(input: $input) { __typename
        ... on Messages { messages { id state attempts } } } }`,
      { input: { messageIds: [sent.id], idempotencyKey: randomUUID() } },
    );
    expect(retryMessages).toEqual({
      __typename: "Messages",
      messages: [{ id: sent.id, state: "QUEUED", attempts: 0 }],
    });
    await until(tried);
  });

  it("waits after the tenth to one contact within a minute", async () => {
    const phone = newPhone();
    for (let index = 1; index <= 11; index += 1) {
      await desk.message("sendMessage", { sessionId, phone, text: `Number ${index}` });
    }
    const thread = await desk.threadWith(phone);
    const messages = await desk.untilMessages(
      thread,
      (all) => all.filter(({ state }) => state !== "QUEUED").length >= 10,
    );
    expect(messages.filter(({ state }) => state === "QUEUED").map(({ text }) => text)).toEqual(["Number 11"]);
    desk.pass(61);
    await desk.untilMessages(thread, (all) => all.every(({ state }) => state !== "QUEUED"));
  });

  it("is refused to a contact who asked not to be written to", async () => {
    const from = newPhone();
    await desk.message("simulateInboundMessage", { sessionId, from, text: "STOP" });
    const conversationId = await desk.threadWith(from);
    expect(await desk.message("sendMessage", { conversationId, text: "But" })).toMatchObject({
      __typename: "ConflictProblem",
    });
    await desk.message("simulateInboundMessage", { sessionId, from, text: "start" });
    expect(await desk.message("sendMessage", { conversationId, text: "Then" })).toMatchObject({ state: "QUEUED" });
  });

  it.each([
    [{ text: "nobody" }, "conversationId"],
    [{ conversationId: randomUUID(), sessionId: randomUUID(), text: "both" }, "conversationId"],
    [{ conversationId: randomUUID(), text: "  " }, "text"],
    [{ conversationId: randomUUID(), text: "x".repeat(4_097) }, "text"],
  ])("is refused with %j", async (input, path) => {
    expect(await desk.message("sendMessage", input)).toMatchObject({
      __typename: "InvalidInputProblem",
      fields: [{ path: [path] }],
    });
  });

  it("is refused to the 51st new contact within a day", async () => {
    desk.pass(86_400);
    for (let index = 0; index < 50; index += 1) {
      const sent = await desk.message("sendMessage", { sessionId, phone: newPhone(), text: "Hello" });
      expect(sent.state).toBe("QUEUED");
    }
    expect(await desk.message("sendMessage", { sessionId, phone: newPhone(), text: "Hello" })).toMatchObject({
      __typename: "RateLimitedProblem",
    });
    desk.pass(86_400);
    expect(await desk.message("sendMessage", { sessionId, phone: newPhone(), text: "Hello" })).toMatchObject({
      state: "QUEUED",
    });
  });

  it("needs a session that is connected", async () => {
    const other = await desk.create();
    expect(await desk.message("sendMessage", { sessionId: other, phone: newPhone(), text: "Hello" })).toMatchObject({
      __typename: "WhatsAppProblem",
      code: "UNAVAILABLE",
    });
  });
});

describe("a message in", () => {
  it("opens a conversation, unread until somebody reads it", async () => {
    const from = newPhone();
    await desk.message("simulateInboundMessage", { sessionId, from, text: "Do you have space?" });
    await desk.message("simulateInboundMessage", { sessionId, from, text: "For ten machines" });
    const { nodes } = await inbox({ search: from, unreadOnly: true });
    expect(nodes).toMatchObject([
      { unreadCount: 2, contact: { phone: from }, lastMessage: { text: "For ten machines" } },
    ]);
    const { markConversationRead } = await desk.ask<{ markConversationRead: object }>(
      `mutation($input: MarkConversationReadInput!) { markConversationRead(input: $input) {
        ... on Conversation { unreadCount } } }`,
      { input: { conversationId: nodes[0]?.id } },
    );
    expect(markConversationRead).toEqual({ unreadCount: 0 });
    expect((await inbox({ search: from, unreadOnly: true })).totalCount).toBe(0);
  });

  it("is found by words of its text", async () => {
    const from = newPhone();
    await desk.message("simulateInboundMessage", { sessionId, from, text: "A 100%_rare question" });
    expect((await inbox({ search: "100%_RARE" })).nodes).toMatchObject([{ contact: { phone: from } }]);
  });

  it("needs a number that can be", async () => {
    expect(
      await desk.message("simulateInboundMessage", { sessionId, from: "+1202555012", text: "Hello" }),
    ).toMatchObject({ __typename: "PhoneNumberProblem", reason: "TOO_SHORT" });
  });
});

describe("the inbox", () => {
  it("costs as many statements for many conversations as for one", async () => {
    const query = (first: number) =>
      countStatements(() =>
        desk.ask(`{ conversations(first: ${first}) { nodes { contact { name } session { name queuedMessages }
          lastMessage { text } messages(first: 3) { nodes { text } } } } }`),
      );
    expect((await query(8)).length).toBe((await query(1)).length);
  });

  it("is paged, last activity first, without gaps or repetition", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const {
        conversations,
      }: { conversations: { nodes: { id: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } } =
        await desk.ask(
          "query($after: String) { conversations(first: 3, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }",
          { after },
        );
      seen.push(...conversations.nodes.map(({ id }) => id));
      after = conversations.pageInfo.hasNextPage ? conversations.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength((await inbox({})).totalCount);
  });
});

describe("WhatsApp of an organisation", () => {
  it("counts its sessions, what is unread, and the new contacts it may still write to", async () => {
    const caller = desk.caller(desk.tree.sibling);
    const own = await desk.connected("+27821239999", caller);
    const read = async () => {
      const { _entities } = await desk.ask<{ _entities: { whatsapp: Record<string, number> }[] }>(
        `query($of: _Any!) { _entities(representations: [$of]) { ... on Organisation { whatsapp {
          enabled sessionLimit unreadConversations coldContactsLeftToday sessions { name } } } } }`,
        { of: { __typename: "Organisation", id: desk.tree.sibling } },
        caller,
      );
      return _entities[0]?.whatsapp ?? {};
    };
    const before = await read();
    expect(before).toMatchObject({ enabled: true, sessionLimit: 100 });
    await desk.message("sendMessage", { sessionId: own, phone: newPhone(), text: "Hello" }, caller);
    await desk.message("simulateInboundMessage", { sessionId: own, from: newPhone(), text: "Hello" }, caller);
    const after = await read();
    expect(after["coldContactsLeftToday"]).toBe((before["coldContactsLeftToday"] ?? 0) - 1);
    expect(after["unreadConversations"]).toBe((before["unreadConversations"] ?? 0) + 1);
  });
});
