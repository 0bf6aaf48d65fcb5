import { randomUUID } from "node:crypto";
import type { ServiceSubscriptionChange } from "@tollgate/kit/protocol";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { eventOf } from "../testing/arrange.js";
import { Desk } from "../testing/desk.js";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
});
afterAll(() => desk.close());

const changed = (change: ServiceSubscriptionChange["change"], amount: string | null) =>
  eventOf("serviceSubscription.changed", {
    serviceSubscriptionId: randomUUID(),
    organisationId: desk.tree.customer,
    service: "2 × Care",
    change,
    until: new Date("2026-03-02T06:00:00.000Z"),
    amount,
    at: desk.clock(),
  });

describe("news of a service subscription", () => {
  it("reach those who manage subscriptions, once, and say what there is to do until when", async () => {
    const manager = await desk.join(desk.tree.customer, ["serviceSubscription:manage"]);
    const other = await desk.join(desk.tree.customer, ["wallet:read"]);
    const event = changed("PAST_DUE", "R 230,00");
    await desk.messaging.subgraph.inbox.receive(event);
    await desk.messaging.subgraph.inbox.receive(event);
    expect(await desk.toldTo(manager, desk.tree.customer)).toEqual([
      {
        kind: "WALLET",
        severity: "CRITICAL",
        title: "2 × Care could not be renewed",
        body: expect.stringMatching(/not in the wallet\. Top up before 0?2 March 2026 at 08:00.SAST, or it ends\.$/),
        link: "/catalogue/subscriptions",
      },
    ]);
    expect(await desk.toldTo(other, desk.tree.customer)).toEqual([]);
  });

  it.each([
    ["UNCOVERED", "WARNING", "The renewal of 2 × Care is not covered"],
    ["ENDING", "INFO", "2 × Care ends soon"],
    ["UNPAID", "CRITICAL", "2 × Care has ended"],
    ["ENDED", "INFO", "2 × Care has ended"],
  ] as const)("of %s are told as %s", async (change, severity, title) => {
    const manager = await desk.join(desk.tree.customer, ["serviceSubscription:manage"]);
    await desk.messaging.subgraph.inbox.receive(changed(change, null));
    expect(await desk.toldTo(manager, desk.tree.customer)).toMatchObject([{ severity, title }]);
  });
});
