import { testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { walletFor } from "../ledger/ledger.js";
import { system } from "../testing/arrange.js";
import { OfferDesk } from "../testing/offers.js";

const tree = testTree();
let desk: OfferDesk;

beforeAll(async () => {
  desk = await OfferDesk.open(inject("postgresUrl"), tree);
});
beforeEach(() => {
  // What was tried in the test before counts no more.
  desk.clock.forward(24 * 60);
});
afterAll(() => desk.close());

/** What a code is worth, or the error that came instead. */
const tryCode = async (code: string, org: string = tree.customer): Promise<string | null> => {
  const document = `query ($code: String!, $amount: MoneyInput!) {
    couponOffer(code: $code, use: TOP_UP, amount: $amount) { discount { minorUnits } } }`;
  const variables = { code, amount: { minorUnits: "10000", currency: "ZAR" } };
  const { data, errors } = await desk.billing.execute(document, variables, desk.caller(org));
  if (errors) return String(errors[0]?.extensions?.["code"]);
  const { couponOffer } = data as { couponOffer: { discount: { minorUnits: string } } | null }; // as asked for
  return couponOffer?.discount.minorUnits ?? null;
};

/** Guesses that the trail says were refused. */
const refusals = async (): Promise<number> => {
  const rows = await system(
    desk.billing.subgraph,
    (tx) => tx.sql`
      select 1 from outbox where type = 'audit.recorded' and payload ->> 'action' = 'coupon:guess'
        and payload ->> 'outcome' = 'REFUSED' and payload ->> 'problem' = 'RATE_LIMITED'`,
  );
  return rows.length;
};

const wrong = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `WRONG-${from + n}`);

test("of a crowd of different wrong codes an organisation may try twenty in an hour, and the trail says so", async () => {
  const answers = await Promise.all(wrong(32).map((code) => tryCode(code)));
  expect(answers.filter((answer) => answer === null)).toHaveLength(20);
  expect(answers.filter((answer) => answer === "RATE_LIMITED")).toHaveLength(12);
  await until(async () => (await refusals()) > 0);

  expect(await tryCode("WRONG-99", tree.sibling)).toBeNull();
  desk.clock.forward(60);
  expect(await tryCode("WRONG-99")).toBeNull();
});

test("codes that there are, and the same wrong one again, use none of it up and are always answered", async () => {
  const { code } = await desk.coupon();
  const ended = await desk.coupon({ endsAt: desk.at(0.25) });
  for (const typed of wrong(20)) expect(await tryCode(typed)).toBeNull();
  expect(await tryCode("WRONG-20")).toBe("RATE_LIMITED");
  expect(await tryCode(" wrong-0 ")).toBeNull();
  expect(await tryCode(code.toLowerCase())).toBe("1000");
  desk.clock.forward(30);
  expect(await tryCode(ended.code)).toBeNull();
  expect(await tryCode("WRONG-20")).toBe("RATE_LIMITED");
});

test("starting a top-up and subscribing are no way around it", async () => {
  const walletId = await system(desk.billing.subgraph, (tx) => walletFor(tx, tree.customer, "ZAR"));
  for (const typed of wrong(20)) await tryCode(typed);
  const as = desk.caller(tree.customer, [
    "wallet:topUp",
    "serviceSubscription:manage",
    "wallet:read",
    "catalogue:read",
  ]);
  const topUp = { walletId, provider: "MANUAL", couponCode: "WRONG-20", idempotencyKey: "a-key-of-a-test" };
  const started = await desk.billing.execute(
    `mutation ($input: StartTopUpInput!) { startTopUp(input: $input) { __typename } }`,
    { input: { ...topUp, amount: { minorUnits: "10000", currency: "ZAR" } } },
    as,
  );
  expect(started.errors?.[0]?.extensions?.["code"]).toBe("RATE_LIMITED");
  const subscribed = await desk.billing.execute(
    `mutation ($input: SubscribeToServiceInput!) { subscribeToService(input: $input) { __typename } }`,
    { input: { itemId: walletId, couponCode: "WRONG-21", idempotencyKey: "another-key-of-a-test" } },
    as,
  );
  expect(subscribed.errors?.[0]?.extensions?.["code"]).toBe("RATE_LIMITED");
});
