import { randomUUID } from "node:crypto";
import type { EventPayloads } from "@tollgate/kit/protocol";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { eventOf } from "../testing/arrange.js";
import { Desk } from "../testing/desk.js";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open(inject("postgresUrl"));
});
afterAll(() => desk.close());

const receive = (event: Parameters<Desk["messaging"]["subgraph"]["inbox"]["receive"]>[0]) =>
  desk.messaging.subgraph.inbox.receive(event);

const topUp = (rest: Partial<EventPayloads["topUp.changed"]>) =>
  eventOf("topUp.changed", {
    topUpId: randomUUID(),
    walletId: randomUUID(),
    organisationId: desk.tree.customer,
    state: "AWAITING_APPROVAL",
    amount: "R 200,00",
    bonus: null,
    reference: "TG-000007",
    startedBy: null,
    reason: null,
    at: desk.clock(),
    ...rest,
  });

/** Somebody who can be written to. */
const joinWithAddress = async (): Promise<string> => {
  const userId = await desk.join(desk.tree.customer, ["wallet:topUp"]);
  const name = { displayName: "Payer", email: `payer-${userId}@tollgate.example`, locale: "en-ZA" };
  await receive(eventOf("user.changed", { userId, organisationId: desk.tree.customer, ...name, status: "ACTIVE" }));
  return userId;
};

const mailsTo = async (userId: string): Promise<string[]> => {
  const rows = await desk.messaging.subgraph.database.system(
    "tests",
    (tx) =>
      tx.sql<{ facts: { title: string } }[]>`select facts from mail where user_id = ${userId} order by created_at`,
  );
  return rows.map(({ facts }) => facts.title);
};

test("a top-up that waits is told to those above who may approve it", async () => {
  const approver = await desk.join(desk.tree.reseller, ["topUp:approve"]);
  const colleague = await desk.join(desk.tree.reseller, ["vm:read"]);
  const own = await desk.join(desk.tree.customer, ["topUp:approve"]);
  await receive(topUp({}));
  expect(await desk.toldTo(approver, desk.tree.reseller)).toMatchObject([{ kind: "TOP_UP", link: "/approvals" }]);
  expect(await desk.toldTo(colleague, desk.tree.reseller)).toEqual([]);
  expect(await desk.toldTo(own, desk.tree.customer)).toEqual([]);
});

test.each([
  ["SUCCEEDED", "INFO", "Your top-up has arrived", true],
  ["FAILED", "WARNING", "Your top-up failed", true],
  ["EXPIRED", "WARNING", "Your top-up expired", false],
  ["REJECTED", "WARNING", "Your top-up was rejected", true],
  ["REFUNDED", "INFO", "Money of a top-up goes back to you", true],
  ["CHARGED_BACK", "CRITICAL", "The bank took a payment back", true],
] as const)(
  "%s is told to the one who started it, once, with a mail where it matters",
  async (state, severity, title, byMail) => {
    const startedBy = await joinWithAddress();
    const event = topUp({
      state,
      startedBy,
      reason: "No such payment.",
      bonus: state === "SUCCEEDED" ? "R 20,00" : null,
    });
    await receive(event);
    await receive(event);
    const told = await desk.toldTo(startedBy, desk.tree.customer);
    expect(told).toMatchObject([{ severity, title, link: "/wallet" }]);
    if (state === "SUCCEEDED") expect(told[0]?.body).toContain("R 20,00");
    if (state === "REJECTED") expect(told[0]?.body).toContain("No such payment.");
    expect(await mailsTo(startedBy)).toEqual(byMail ? [title] : []);
  },
);

test("where nobody is there who started it, those who pay for the organisation are told", async () => {
  const payer = await desk.join(desk.tree.sibling, ["wallet:topUp"]);
  await receive(topUp({ state: "SUCCEEDED", organisationId: desk.tree.sibling }));
  expect(await desk.toldTo(payer, desk.tree.sibling)).toMatchObject([{ title: "Your top-up has arrived" }]);
});

test("what a bank took back is told above as well", async () => {
  const above = await desk.join(desk.tree.reseller, ["topUp:refund"]);
  await receive(topUp({ state: "CHARGED_BACK" }));
  expect(await desk.toldTo(above, desk.tree.reseller)).toMatchObject([{ severity: "CRITICAL" }]);
});

test("a payment that is not what was asked for is told to the platform's people, with its events at hand", async () => {
  const operator = await desk.join(desk.tree.operator, ["providerEvent:read"]);
  const reseller = await desk.join(desk.tree.reseller, ["providerEvent:read"]);
  const topUpId = randomUUID();
  const about = { topUpId, organisationId: desk.tree.customer, reference: "TG-000008", provider: "STRIPE" };
  const problem = "The provider tells of R 1,00; R 500,00 were asked for.";
  await receive(eventOf("payment.refused", { ...about, problem, at: desk.clock() }));
  const [told] = await desk.toldTo(operator, desk.tree.operator);
  expect(told).toMatchObject({ severity: "CRITICAL", link: `/payments/events?topUp=${topUpId}` });
  expect(told?.body).toContain(problem);
  expect(await desk.toldTo(reseller, desk.tree.reseller)).toEqual([]);
});
