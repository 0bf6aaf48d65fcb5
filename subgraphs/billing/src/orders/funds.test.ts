import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { postEntry, walletFor } from "../ledger/ledger.js";
import { demoPriceList } from "../prices/demo.js";
import { publishPriceList } from "../prices/prices.js";
import { system } from "../testing/arrange.js";
import { ask, buyer, issued, OrderDesk, orderFrom, provisioningChanged, SMALL } from "../testing/orders.js";
import { recover } from "../usage/recover.js";

const tree = testTree();
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
});
afterAll(() => desk.stop());

describe("without the money", () => {
  it("R5 order no machine of R150: the shortfall is told, and nothing is moved", async () => {
    const as = buyer(tree.otherReseller);
    await desk.pay(tree.otherReseller, 500n);
    const quoteId = await issued(desk.billing, as);
    expect(await orderFrom(desk.billing, as, quoteId)).toMatchObject({
      __typename: "InsufficientFundsProblem",
      code: "INSUFFICIENT_FUNDS",
      available: { minorUnits: "500" },
      needed: { minorUnits: "15000" },
      shortfall: { minorUnits: "14500" },
    });
    const checked = await ask<{ canProvision: object; quote: { state: string; funds: object } }>(
      desk.billing,
      `query ($vm: VmConfigInput!, $id: ID!) { canProvision(input: { vm: $vm }) { allowed shortfall { minorUnits } runwayHours }
        quote(id: $id) { state funds { allowed needed { minorUnits } } } }`,
      { vm: SMALL, id: quoteId },
      as,
    );
    expect(checked.canProvision).toEqual({ allowed: false, shortfall: { minorUnits: "14500" }, runwayHours: 720 });
    expect(checked.quote).toEqual({ state: "ISSUED", funds: { allowed: false, needed: { minorUnits: "15000" } } });
    expect(await desk.books(tree.otherReseller)).toMatchObject({ posted: 500n, held: 0n });
    await desk.billing.subgraph.delivered();
    expect(
      desk.ears.heard.some(
        ({ payload }) => "organisationId" in payload && payload.organisationId === tree.otherReseller,
      ),
    ).toBe(false);
    await desk.pay(tree.otherReseller, 14_500n);
    expect(await orderFrom(desk.billing, as, quoteId)).toMatchObject({
      state: "PLACED",
      hold: { amount: { minorUnits: "15000" } },
    });
  });

  it("of 50 orders racing on one wallet exactly seven fit into R1,050, and no eighth afterwards", async () => {
    const as = buyer(tree.sibling);
    await desk.pay(tree.sibling, 7n * 15_000n + 14_999n);
    const quotes = [];
    for (let i = 0; i < 50; i += 1) quotes.push(await issued(desk.billing, as));
    const results = await Promise.all(quotes.map((quoteId) => orderFrom(desk.billing, as, quoteId)));
    expect(results.filter(({ state }) => state === "PLACED")).toHaveLength(7);
    expect(results.filter(({ code }) => code === "INSUFFICIENT_FUNDS")).toHaveLength(43);
    expect(await orderFrom(desk.billing, as, await issued(desk.billing, as))).toMatchObject({
      code: "INSUFFICIENT_FUNDS",
    });
    expect(await desk.books(tree.sibling)).toMatchObject({ held: 105_000n, available: 14_999n });
    for (const { id = "" } of results.filter(({ state }) => state === "PLACED")) {
      await desk.receive(provisioningChanged(tree.sibling, id, "RUNNING", randomUUID()));
    }
    // What runs keeps its runway to itself: no order fits after the seven run either.
    expect(await orderFrom(desk.billing, as, await issued(desk.billing, as))).toMatchObject({
      code: "INSUFFICIENT_FUNDS",
    });
    expect(await desk.books(tree.sibling)).toMatchObject({ held: 7n * 500n, revenue: 7n * 21n });
  }, 40_000);

  it("whoever owes something orders nothing, whatever else is there, until that is paid", async () => {
    const organisationId = tree.otherCustomer;
    const as = buyer(organisationId);
    await desk.pay(organisationId, 20_000n);
    const walletId = await system(desk.billing.subgraph, async (tx) => {
      const walletId = await walletFor(tx, organisationId, "ZAR");
      const owed = {
        organisationId,
        kind: "CHARGEBACK" as const,
        description: "Taken back",
        eventAt: desk.clock.now(),
      };
      const legs = [
        { walletId, account: "RECEIVABLE" as const, amount: -700n },
        { walletId, account: "PROVIDER_CLEARING" as const, amount: 700n },
      ];
      await postEntry(tx, { ...owed, legs });
      return walletId;
    });
    const quoteId = await issued(desk.billing, as);
    const refused = { code: "INSUFFICIENT_FUNDS", shortfall: { minorUnits: "700" } };
    expect(await orderFrom(desk.billing, as, quoteId)).toMatchObject(refused);
    const document =
      "query ($vm: VmConfigInput!) { canProvision(input: { vm: $vm }) { allowed shortfall { minorUnits } } }";
    const { canProvision } = await ask<{ canProvision: object }>(desk.billing, document, { vm: SMALL }, as);
    expect(canProvision).toEqual({ allowed: false, shortfall: refused.shortfall });
    await system(desk.billing.subgraph, (tx) => recover(tx, walletId, desk.clock.now()));
    expect(await orderFrom(desk.billing, as, quoteId)).toMatchObject({ state: "PLACED" });
  });

  it("in the currency that machines are charged in by now nothing is ordered with a quote in another", async () => {
    const organisationId = tree.customer;
    const as = buyer(organisationId);
    await desk.pay(organisationId, 20_000n);
    const quoteId = await issued(desk.billing, as);
    const at = desk.clock.now();
    const rand = demoPriceList(randomUUID(), organisationId, at);
    const dollars = { ...rand, name: "Dollars", currency: "USD" as const };
    await system(desk.billing.subgraph, (tx) => publishPriceList(tx, dollars, at));
    const refusal = { code: "CONFLICT", message: "Machines are charged in USD by now: ask for a new quote." };
    expect(await orderFrom(desk.billing, as, quoteId)).toMatchObject(refusal);
    expect(await desk.books(organisationId)).toMatchObject({ posted: 20_000n, held: 0n });
  });

  it("one after the other as many fit as at once", async () => {
    const as = buyer(tree.reseller);
    await desk.pay(tree.reseller, 3n * 15_000n);
    const states = [];
    for (let i = 0; i < 5; i += 1)
      states.push((await orderFrom(desk.billing, as, await issued(desk.billing, as))).state ?? "refused");
    expect(states).toEqual(["PLACED", "PLACED", "PLACED", "refused", "refused"]);
  });
});
