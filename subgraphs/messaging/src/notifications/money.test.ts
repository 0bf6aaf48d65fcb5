import { randomUUID } from "node:crypto";
import type { EventPayloads } from "@tollgate/kit/protocol";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { eventOf } from "../testing/arrange.js";
import { Desk } from "../testing/desk.js";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
});
afterAll(() => desk.close());

const receive = (event: Parameters<Desk["messaging"]["subgraph"]["inbox"]["receive"]>[0]) =>
  desk.messaging.subgraph.inbox.receive(event);

const warning = (organisationId: string, rest: Partial<EventPayloads["wallet.warned"]> = {}) =>
  eventOf("wallet.warned", {
    walletId: randomUUID(),
    organisationId,
    hours: 24,
    available: "R 5,00",
    runsOutAt: new Date("2026-03-02T06:00:00.000Z"),
    at: desk.clock(),
    ...rest,
  });

describe("a warning of a wallet", () => {
  it("speaks of credit to those who pay by invoice, and of storage when nothing else is left", async () => {
    const { otherCustomer } = desk.tree;
    const reader = await desk.join(otherCustomer, ["wallet:read"]);
    await receive(warning(otherCustomer, { hours: 0, isInvoiced: true }));
    await receive(warning(otherCustomer, { hours: -2, isInvoiced: true }));
    const titles = (await desk.toldTo(reader, otherCustomer)).map(({ title }) => title);
    expect(new Set(titles)).toEqual(
      new Set(["Your credit is used up", "The storage of your stopped machines is paid for less than a day"]),
    );
  });

  it("reaches the members who may see the wallet or top it up, once however often it comes", async () => {
    const { customer, sibling } = desk.tree;
    const reader = await desk.join(customer, ["wallet:read"]);
    const payer = await desk.join(customer, ["wallet:topUp"]);
    const other = await desk.join(customer, ["vm:read"]);
    const neighbour = await desk.join(sibling, ["wallet:read"]);
    const event = warning(customer);
    await receive(event);
    await receive(event);
    for (const userId of [reader, payer]) {
      expect(await desk.toldTo(userId, customer)).toEqual([
        {
          kind: "WALLET",
          severity: "WARNING",
          title: "Your wallet lasts for less than a day",
          body: expect.stringMatching(
            /^Available: R 5,00\. It runs out at 0?2 March 2026 at 08:00.SAST\. Top up soon\.$/,
          ),
          link: "/wallet",
        },
      ]);
    }
    expect(await desk.toldTo(other, customer)).toEqual([]);
    expect(await desk.toldTo(neighbour, sibling)).toEqual([]);
  });

  it.each([
    [72, "WARNING"],
    [6, "CRITICAL"],
    [0, "CRITICAL"],
    [-1, "CRITICAL"],
  ] as const)("at %s hours is %s", async (hours, severity) => {
    const reader = await desk.join(desk.tree.sibling, ["wallet:read"]);
    await receive(warning(desk.tree.sibling, { hours }));
    expect(await desk.toldTo(reader, desk.tree.sibling)).toMatchObject([{ severity }]);
  });

  it("arrives on the phone that was paired, and is read there", async () => {
    const caller = desk.caller(desk.tree.sibling);
    await desk.connected("+27821110001", caller);
    const event = warning(desk.tree.sibling, { hours: 6 });
    await receive(event);
    await receive(event);
    const thread = await conversationWith("+27821110001", caller);
    desk.pass(5);
    const messages = await desk.untilMessages(thread, ([first]) => {
      desk.pass(1);
      return first?.state === "READ";
    });
    expect(messages).toMatchObject([
      { direction: "OUTBOUND", origin: "NOTIFICATION", text: expect.stringContaining("less than 6 hours") },
    ]);
  });

  it("goes through the nearest organisation above that is connected", async () => {
    const caller = desk.caller(desk.tree.otherReseller);
    await desk.connected("+27821110002", caller);
    await receive(warning(desk.tree.otherCustomer));
    const thread = await conversationWith("+27821110002", caller);
    const [message] = await desk.untilMessages(thread, (messages) => messages.length > 0);
    expect(message?.text).toMatch(/^Of an organisation below yours: Your wallet/);
  });
});

const conversationWith = async (search: string, caller: ReturnType<Desk["caller"]>): Promise<string> => {
  const { conversations } = await desk.ask<{ conversations: { nodes: { id: string }[] } }>(
    "query($search: String!) { conversations(filter: { search: $search }) { nodes { id } } }",
    { search },
    caller,
  );
  return conversations.nodes[0]?.id ?? "none";
};

describe("an order that has ended", () => {
  it.each([
    ["COMPLETED", "web-1 is running", "/machines"],
    ["FAILED", "web-1 could not be made", "/orders/"],
    ["CANCELLED", "The order of web-1 was cancelled", "/orders/"],
  ] as const)("as %s is told to the one who placed it", async (state, title, link) => {
    const placedBy = await desk.join(desk.tree.customer, ["order:place"]);
    const order = { orderId: randomUUID(), organisationId: desk.tree.customer, vmName: "web-1", reason: null };
    await receive(eventOf("order.ended", { ...order, placedBy, state, at: desk.clock() }));
    const [told] = await desk.toldTo(placedBy, desk.tree.customer);
    expect(told).toMatchObject({ kind: "PROVISIONING", title });
    expect(told?.link).toContain(link);
  });
});
