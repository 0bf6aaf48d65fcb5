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

const [SOMEBODY, ANOTHER, THIRD] = ["+27832000001", "+27832000002", "+27832000003"];

describe("the live conversation", () => {
  const MESSAGES = `subscription($conversationId: ID, $after: String) {
    messageAdded(conversationId: $conversationId, after: $after) { cursor message { text state } } }`;
  interface Added {
    messageAdded: { cursor: string; message: { text: string; state: string } };
  }

  it("shows each message and change of state, and replays what was missed after a cursor", async () => {
    const from = SOMEBODY;
    const write = (text: string, phone = from) =>
      desk.message("simulateInboundMessage", { sessionId, from: phone, text });
    await write("first");
    const conversationId = await desk.threadWith(from);
    const live = desk.watch(MESSAGES, { conversationId, after: "0" });
    expect((await desk.next<Added>(live)).messageAdded.message.text).toBe("first");
    await write("of others", ANOTHER);
    await write("second");
    const { cursor, message } = (await desk.next<Added>(live)).messageAdded;
    expect(message).toEqual({ text: "second", state: "RECEIVED" });
    await live.return?.();
    await desk.message("sendMessage", { conversationId, text: "answer" });
    const resumed = desk.watch(MESSAGES, { conversationId, after: cursor });
    const seen: Added["messageAdded"]["message"][] = [];
    while (seen.at(-1)?.state !== "SENT") seen.push((await desk.next<Added>(resumed)).messageAdded.message);
    expect(new Set(seen.map(({ text }) => text))).toEqual(new Set(["answer"]));
  });

  it("tells when a conversation is read", async () => {
    const from = THIRD;
    await desk.message("simulateInboundMessage", { sessionId, from, text: "Hello" });
    const conversationId = await desk.threadWith(from);
    const changes = desk.watch(
      'subscription($id: ID) { conversationUpdated(conversationId: $id, after: "0") { conversation { id unreadCount } } }',
      { id: conversationId },
    );
    await desk.ask(
      "mutation($input: MarkConversationReadInput!) { markConversationRead(input: $input) { __typename } }",
      {
        input: { conversationId },
      },
    );
    let unread: number;
    do {
      const { conversationUpdated } = await desk.next<{
        conversationUpdated: { conversation: { id: string; unreadCount: number } };
      }>(changes);
      expect(conversationUpdated.conversation.id).toBe(conversationId);
      unread = conversationUpdated.conversation.unreadCount;
    } while (unread > 0);
  });
});
