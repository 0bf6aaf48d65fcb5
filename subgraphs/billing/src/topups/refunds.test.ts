import { randomUUID } from "node:crypto";
import { testTree, until } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { postEntry } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import { asAdministrator, system } from "../testing/arrange.js";
import { PaymentDesk } from "../testing/payments.js";

const tree = testTree();
let desk: PaymentDesk;

beforeAll(async () => {
  desk = await PaymentDesk.open(inject("postgresUrl"), tree);
});

afterEach(() => {
  desk.paystack.server.answerWith(null);
});

afterAll(() => desk.close());

const refund = (topUpId: string, minorUnits: string | null = null, as = desk.caller(tree.reseller)) => {
  const amount = minorUnits && { minorUnits, currency: "ZAR" };
  return desk.change("refundTopUp", { topUpId, amount, reason: "Paid by mistake", idempotencyKey: randomUUID() }, as);
};

test("a refund: in part, then the rest, by somebody above, taken from the wallet and sent to the provider", async () => {
  const { id, payment_intent } = await desk.paid();
  expect(await refund(id, null, desk.caller())).toMatchObject({ __typename: "ForbiddenProblem" });
  expect(await desk.gained(() => refund(id, "20000"))).toBe(-20_000n);
  expect(new URLSearchParams(desk.stripe.server.last().body).get("payment_intent")).toBe(payment_intent);
  expect(await refund(id, "30001")).toMatchObject({ code: "INVALID_INPUT" });
  expect(await refund(id)).toMatchObject({ state: "REFUNDED", refunded: { minorUnits: "50000" } });
  expect((await system(desk.billing.subgraph, verifyLedger)).findings).toEqual([]);
});

test("a refund that the provider refuses is in the wallet again", async () => {
  const { id } = await desk.paid("PAYSTACK");
  const body = JSON.stringify({ status: false, message: "Refunds are off" });
  desk.paystack.server.answerWith({ status: 400, contentType: "application/json", body });
  expect(await desk.gained(() => refund(id))).toBe(0n);
  expect(await desk.stateOf(id)).toBe("SUCCEEDED");
});

test("a chargeback takes what is there and the rest is owed, once; the next payment settles it first", async () => {
  const { payment_intent } = await desk.paid();
  const { id: walletId, organisationId, available } = await desk.wallet();
  const spend = available - 10_000n;
  await system(desk.billing.subgraph, async (tx) => {
    const legs = [
      { walletId, account: "WALLET" as const, amount: -spend },
      { walletId, account: "REVENUE" as const, amount: spend },
    ];
    await postEntry(tx, { organisationId, kind: "USAGE", description: "Spent", eventAt: desk.time, legs });
  });
  const dispute = { id: "dp_1", payment_intent, amount: 50_000, currency: "zar" };
  const tell = () => desk.send("stripe", desk.stripe.provider.webhook("charge.dispute.funds_withdrawn", dispute));
  await Promise.all(Array.from({ length: 20 }, tell));
  expect(await desk.wallet()).toMatchObject({ available: 0n, receivable: -40_000n });
  await desk.paid();
  await until(async () => (await desk.wallet()).receivable === 0n);
  expect((await desk.wallet()).available).toBe(10_000n);
  expect((await system(desk.billing.subgraph, verifyLedger)).findings).toEqual([]);
});

test("a chargeback of one who pays by invoice and has used up the credit is owed, with what was used on credit", async () => {
  const { payment_intent } = await desk.paid();
  const { id: walletId, organisationId, available } = await desk.wallet();
  await asAdministrator(
    desk.billing.databaseUrl,
    `begin; set local tollgate.path = '/'; update wallet set credit_limit = 60000 where id = '${walletId}'; commit`,
  );
  const spend = available + 55_000n;
  await system(desk.billing.subgraph, async (tx) => {
    const legs = [
      { walletId, account: "WALLET" as const, amount: -spend },
      { walletId, account: "REVENUE" as const, amount: spend },
    ];
    await postEntry(tx, { organisationId, kind: "USAGE", description: "Spent", eventAt: desk.time, legs });
  });
  const dispute = { id: "dp_2", payment_intent, amount: 50_000, currency: "zar" };
  const told = await desk.send("stripe", desk.stripe.provider.webhook("charge.dispute.funds_withdrawn", dispute));
  expect(told).toBe(200);
  expect(await desk.wallet()).toMatchObject({ available: 0n, posted: 0n, receivable: -105_000n });
  expect((await system(desk.billing.subgraph, verifyLedger)).findings).toEqual([]);
});

test("of an organisation that is closed nothing comes or goes: it is refused, and seen by those above", async () => {
  const paid = await desk.paid();
  const waiting = await desk.start({ provider: "STRIPE" });
  const { id: walletId } = await desk.wallet();
  const become = (state: string) =>
    system(desk.billing.subgraph, (tx) => tx.sql`select set_standing(${walletId}, ${state}, null, null)`);
  await become("CLOSED");
  const { payment_intent } = paid;
  const dispute = { id: "dp_3", payment_intent, amount: 50_000, currency: "zar" };
  const gained = await desk.gained(async () => {
    expect(await desk.send("stripe", desk.stripe.pay(waiting.reference))).toBe(200);
    const told = desk.stripe.provider.webhook("charge.dispute.funds_withdrawn", dispute);
    expect(await desk.send("stripe", told)).toBe(200);
  });
  await become("ACTIVE");
  expect(gained).toBe(0n);
  expect([await desk.stateOf(paid.id), await desk.stateOf(waiting.id)]).toEqual(["SUCCEEDED", "PENDING"]);
  const refused = await desk.events({ state: ["REFUSED"] });
  expect(refused.slice(0, 2).map(({ problem }) => problem)).toEqual([
    expect.stringContaining("closed"),
    expect.stringContaining("closed"),
  ]);
  const incidents = await system(
    desk.billing.subgraph,
    (tx) => tx.sql`select 1 from outbox where type = 'payment.refused' and aggregate_id in (${paid.id}, ${waiting.id})`,
  );
  expect(incidents).toHaveLength(2);
});
