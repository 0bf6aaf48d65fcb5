import { requestCaller } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { eventOf } from "../testing/arrange.js";
import { Desk } from "../testing/desk.js";

let desk: Desk;
/** Those who manage WhatsApp in the customer's organisation. */
let manager: string;
let colleague: string;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
  manager = await desk.join(desk.tree.customer, ["whatsapp:manage"]);
  colleague = await desk.join(desk.tree.customer, ["whatsapp:manage", "whatsapp:read"]);
});
afterEach(() => desk.closeStreams());
afterAll(() => desk.close());

const titlesOf = async (userId: string, organisationId = desk.tree.customer): Promise<string[]> =>
  (await desk.toldTo(userId, organisationId)).map(({ title }) => title);

describe("whoever manages WhatsApp", () => {
  it("is told, once, that the phone has logged Tollgate out; nobody else is", async () => {
    const reader = await desk.join(desk.tree.customer, ["whatsapp:read"]);
    const neighbour = await desk.join(desk.tree.sibling, ["whatsapp:manage"]);
    const above = await desk.join(desk.tree.reseller, ["whatsapp:manage"]);
    const id = await desk.connected("+27821230101");
    const stream = desk.watchSession(id);
    await desk.untilState(stream, "WhatsAppConnected");
    await desk.messaging.subgraph.database.system(
      "test",
      (tx) => tx.sql`delete from simulated_phone where session_id = ${id}`,
    );
    await desk.untilState(stream, "WhatsAppLoggedOut");
    for (const person of [manager, colleague]) {
      expect(await desk.toldTo(person, desk.tree.customer)).toEqual([
        {
          kind: "WHATSAPP",
          severity: "WARNING",
          title: "Reception is logged out of WhatsApp",
          body: "Pair it again. Messages wait until it is connected again.",
          link: "/messages",
        },
      ]);
    }
    expect(await titlesOf(reader)).toEqual([]);
    expect(await titlesOf(neighbour, desk.tree.sibling)).toEqual([]);
    expect(await titlesOf(above, desk.tree.reseller)).toEqual([]);
  });

  it("is told that a colleague logged it out, but not of what they did themselves", async () => {
    const before = [(await titlesOf(manager)).length, (await titlesOf(colleague)).length];
    const id = await desk.connected("+27821230102");
    const caller = requestCaller({
      sub: manager,
      org: desk.tree.customer,
      permissions: ["whatsapp:manage", "whatsapp:read"],
    });
    for (let times = 0; times < 2; times += 1) await desk.session("logOutWhatsApp", { sessionId: id }, caller);
    const after = [(await titlesOf(manager)).length, (await titlesOf(colleague)).length];
    expect(after).toEqual([before[0], (before[1] ?? 0) + 1]);
    expect((await titlesOf(colleague))[0]).toBe("Reception is logged out of WhatsApp");
  });

  it("is told that a pairing came to nothing, without alarm", async () => {
    const id = await desk.create();
    const stream = desk.watchSession(id);
    await desk.session("pairWhatsApp", { sessionId: id, phone: "+27821230103" });
    await desk.untilState(stream, "WhatsAppPairingCodeReady");
    desk.pass(120);
    await desk.untilState(stream, "WhatsAppFailed");
    expect((await desk.toldTo(manager, desk.tree.customer))[0]).toMatchObject({
      severity: "INFO",
      title: "Reception was not paired",
      body: "Nobody scanned it in time. Pair it again when the phone is at hand.",
    });
  });

  it("is not told again, phone by phone, that the organisation is suspended", async () => {
    const id = await desk.connected("+27821230104");
    const before = await titlesOf(manager);
    const stream = desk.watchSession(id);
    const change = desk.tree.setStatus(desk.tree.customer, "SUSPENDED");
    await desk.messaging.subgraph.inbox.receive(eventOf("organisation.changed", [change]));
    await desk.untilState(stream, "WhatsAppFailed");
    expect(await titlesOf(manager)).toEqual(before);
  });
});
