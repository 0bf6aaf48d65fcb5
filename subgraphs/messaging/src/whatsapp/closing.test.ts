import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest";
import { eventOf } from "../testing/arrange.js";
import { Desk } from "../testing/desk.js";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
});
afterEach(() => desk.closeStreams());
afterAll(() => desk.close());

const close = () =>
  desk.messaging.subgraph.inbox.receive(
    eventOf("organisation.changed", [desk.tree.setStatus(desk.tree.customer, "CLOSED")]),
  );

const send = (sessionId: string, phone = "+27831230009") =>
  desk.message("sendMessage", { sessionId, phone, text: "Hello" });

const credentialsOf = async (id: string) => {
  const [row] = await desk.messaging.subgraph.database.system(
    "test",
    (tx) => tx.sql`select credentials from whatsapp_session where id = ${id}`,
  );
  return row?.["credentials"] ?? null;
};

it("of a closed organisation every pairing ends, its credentials with it, and what waited to be sent fails", async () => {
  const id = await desk.connected("+27821230003");
  const { id: messageId } = await send(id);
  await desk.session("disconnectWhatsApp", { sessionId: id });
  // As if it had come a moment too late for the phone.
  await desk.messaging.subgraph.database.system(
    "test",
    (tx) => tx.sql`update message set state = 'QUEUED', failure_reason = null where id = ${messageId}`,
  );
  await close();
  await close();
  expect(await desk.status(id)).toBe("LOGGED_OUT");
  expect(await credentialsOf(id)).toBeNull();
  const [message] = await desk.messaging.subgraph.database.system(
    "test",
    (tx) => tx.sql`select state, failure_reason from message where id = ${messageId}`,
  );
  expect(message).toEqual({ state: "FAILED", failure_reason: "The organisation is closed." });
  expect(await send(id)).toMatchObject({ code: "FORBIDDEN" });
  expect(await desk.session("pairWhatsApp", { sessionId: id })).toMatchObject({ code: "FORBIDDEN" });
});
