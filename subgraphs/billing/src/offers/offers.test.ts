import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { OfferDesk } from "../testing/offers.js";
import { SMALL } from "../testing/orders.js";

const tree = testTree();
let desk: OfferDesk;

beforeAll(async () => {
  desk = await OfferDesk.open(inject("postgresUrl"), tree);
});

afterAll(() => desk.close());

interface Estimate {
  lines: {
    kind: string;
    description: string;
    amount: { minorUnits: string };
    explanation: { promotion: { id: string; organisation: object | null } | null; taxRate: { name: string } | null };
  }[];
  subtotal: { minorUnits: string };
  tax: { minorUnits: string };
  total: { minorUnits: string };
}

const estimate = async (org: string): Promise<Estimate> => {
  const document = `query ($vm: VmConfigInput!) { estimateCost(input: { vm: $vm, interval: MONTHLY }) {
    lines { kind description amount { minorUnits } explanation { hours rate { amount { minorUnits } } priceList { id }
      promotion { id organisation { id } } taxRate { name } coupon { id } entries { id } } }
    subtotal { minorUnits } tax { minorUnits } total { minorUnits } } }`;
  return (await desk.ask<{ estimateCost: Estimate }>(document, { vm: SMALL }, org)).estimateCost;
};

const states = async (query: "promotions" | "coupons", org: string, state?: string[]) => {
  const document =
    query === "promotions"
      ? "query ($state: [OfferState!]) { promotions(state: $state) { id state } }"
      : "query ($state: [OfferState!]) { coupons(state: $state, first: 100) { nodes { id state } } }";
  const data = await desk.ask<Record<string, never>>(document, { state }, org);
  const rows = query === "promotions" ? data["promotions"] : data["coupons"]?.["nodes"];
  return new Map((rows as unknown as { id: string; state: string }[]).map((row) => [row.id, row.state])); // as the document asks for it
};

describe("a promotion", () => {
  it("takes its part off what those below pay, as a line that leads to it, from its start until it is ended", async () => {
    const made = await desk.promotion({ name: "Moving in", startsAt: desk.at(2) });
    expect(made).toMatchObject({ __typename: "Promotion", state: "SCHEDULED" });
    expect((await estimate(tree.customer)).total.minorUnits).toBe("15000");
    desk.clock.forward(120);
    const { lines, total } = await estimate(tree.customer);
    expect(total.minorUnits).toBe("13500");
    expect(lines.at(-1)).toMatchObject({
      kind: "PROMOTION",
      description: "Moving in, 10 %",
      amount: { minorUnits: "-1500" },
      explanation: { promotion: { id: made.id, organisation: null } },
    });
    for (const org of [tree.reseller, tree.otherCustomer]) expect((await estimate(org)).total.minorUnits).toBe("15000");
    expect((await desk.change("endPromotion", { promotionId: made.id })).state).toBe("ENDED");
    expect((await estimate(tree.customer)).total.minorUnits).toBe("15000");
    expect(await desk.change("endPromotion", { promotionId: made.id })).toMatchObject({ problem: "CONFLICT" });
  });

  it("that is taken back before its start never counts", async () => {
    const made = await desk.promotion({ startsAt: desk.at(5) });
    expect((await desk.change("endPromotion", { promotionId: made.id })).state).toBe("ENDED");
    desk.clock.forward(360);
    expect((await estimate(tree.customer)).total.minorUnits).toBe("15000");
    expect((await states("promotions", tree.reseller, ["SCHEDULED", "ACTIVE"])).has(made.id)).toBe(false);
    expect((await states("promotions", tree.reseller, ["ENDED"])).get(made.id)).toBe("ENDED");
  });

  it("is listed and ended within the estate of its issuer alone, and made once per key", async () => {
    const idempotencyKey = randomUUID();
    const made = await desk.promotion({ startsAt: desk.at(100), idempotencyKey });
    expect((await desk.promotion({ startsAt: desk.at(100), idempotencyKey })).id).toBe(made.id);
    for (const org of [tree.operator, tree.reseller]) expect((await states("promotions", org)).has(made.id)).toBe(true);
    for (const org of [tree.customer, tree.otherReseller]) {
      expect((await states("promotions", org)).has(made.id)).toBe(false);
      expect(await desk.change("endPromotion", { promotionId: made.id }, org)).toMatchObject({ problem: "NOT_FOUND" });
    }
    expect(await desk.promotion({ organisationId: tree.otherReseller })).toMatchObject({ problem: "NOT_FOUND" });
    const refused = await desk.promotion({ name: "", basisPoints: 5_001 });
    expect(refused.fields?.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      "name LENGTH",
      "basisPoints OUT_OF_RANGE",
    ]);
    expect((await desk.promotion({ startsAt: desk.at(-1) })).fields).toEqual([{ path: ["startsAt"], reason: "PAST" }]);
    expect((await desk.promotion({ endsAt: desk.at(0) })).fields).toMatchObject([{ path: ["endsAt"] }]);
  });
});

describe("a tax", () => {
  it("is added to a price from its date on, after all that is taken off, and is set by the operator alone", async () => {
    expect((await estimate(tree.otherCustomer)).tax.minorUnits).toBe("0");
    expect(await desk.tax({ effectiveFrom: desk.at(1) })).toMatchObject({ __typename: "TaxRate", basisPoints: 1_500 });
    expect((await estimate(tree.otherCustomer)).tax.minorUnits).toBe("0");
    desk.clock.forward(60);
    const { lines, subtotal, tax, total } = await estimate(tree.otherCustomer);
    expect([subtotal, tax, total].map(({ minorUnits }) => minorUnits)).toEqual(["15000", "2250", "17250"]);
    expect(lines.at(-1)).toMatchObject({
      kind: "TAX",
      description: "VAT, 15 %",
      explanation: { taxRate: { name: "VAT" } },
    });
    const refused = await desk.tax({ effectiveFrom: desk.at(1) }, tree.reseller);
    expect(refused).toMatchObject({ problem: "FORBIDDEN", reason: "POLICY" });
    expect((await desk.tax({ effectiveFrom: desk.at(-1) })).fields).toMatchObject([{ reason: "PAST" }]);
    expect((await desk.tax({ country: "South Africa" })).fields).toMatchObject([{ path: ["country"] }]);
  });

  it("that has not begun is replaced by another of its date; all that were are kept, and seen by all", async () => {
    for (const basisPoints of [1_600, 1_700])
      await desk.tax({ country: "KE", basisPoints, effectiveFrom: desk.at(48) });
    const { taxRates } = await desk.ask<{ taxRates: { basisPoints: number }[] }>(
      '{ taxRates(country: "ke") { country basisPoints effectiveFrom } }',
      {},
      tree.customer,
    );
    expect(taxRates.map(({ basisPoints }) => basisPoints)).toEqual([1_700]);
  });
});

describe("a coupon", () => {
  const offer = async (code: string, org: string, minorUnits = "100000", use = "TOP_UP") => {
    const document = `query ($code: String!, $use: CouponUse!, $amount: MoneyInput!) {
      couponOffer(code: $code, use: $use, amount: $amount) { code discount { minorUnits } endsAt } }`;
    const variables = { code, use, amount: { minorUnits, currency: "ZAR" } };
    type Offered = { couponOffer: { discount: { minorUnits: string } } | null };
    return (await desk.ask<Offered>(document, variables, org)).couponOffer?.discount.minorUnits ?? null;
  };

  it("offers those below its issuer what it says, however its code is typed, and nobody else anything", async () => {
    const { code } = await desk.coupon({ code: "spring-26", basisPoints: 1_250 });
    expect(code).toBe("SPRING-26");
    expect(await offer(" Spring-26 ", tree.customer, "1002")).toBe("125");
    expect(await offer(code, tree.customer, "1000", "SERVICE_SUBSCRIPTION")).toBeNull();
    for (const org of [tree.reseller, tree.operator, tree.otherCustomer]) expect(await offer(code, org)).toBeNull();
    expect(await offer("NOTHING", tree.customer)).toBeNull();
    expect(await offer(code, tree.customer, "0")).toBeNull();
    // Of two with one code the nearer issuer's counts.
    await desk.coupon({ code, basisPoints: 100 }, tree.operator);
    expect(await offer(code, tree.customer, "10000")).toBe("1250");
    expect(await offer(code, tree.otherCustomer, "10000")).toBe("100");
  });

  it("of a fixed amount asks for its currency and a minimum, and takes off a charge no more than there is", async () => {
    const money = (minorUnits: string) => ({ minorUnits, currency: "ZAR" });
    const uses = ["TOP_UP", "SERVICE_SUBSCRIPTION"];
    const { code } = await desk.coupon({ uses, basisPoints: null, amount: money("5000"), minimum: money("2000") });
    expect(await offer(code, tree.customer, "1999")).toBeNull();
    expect(await offer(code, tree.customer, "2000")).toBe("5000");
    expect(await offer(code, tree.customer, "2000", "SERVICE_SUBSCRIPTION")).toBe("2000");
    const none = await desk.coupon({ basisPoints: null });
    expect(none.fields).toMatchObject([{ path: ["basisPoints"], reason: "EXACTLY_ONE" }]);
    const both = await desk.coupon({ amount: money("0"), uses: [], code: "a b", maxRedemptions: 0 });
    expect(both.fields?.map(({ reason }) => reason)).toEqual([
      "MALFORMED",
      "REQUIRED",
      "EXACTLY_ONE",
      "OUT_OF_RANGE",
      "OUT_OF_RANGE",
    ]);
  });

  it("ends, keeps its code for itself, and pages within the estate of its issuer", async () => {
    const made = await desk.coupon();
    expect(await desk.coupon({ code: made.code.toLowerCase() })).toMatchObject({ problem: "CONFLICT" });
    expect((await desk.change("endCoupon", { couponId: made.id })).state).toBe("ENDED");
    expect(await offer(made.code, tree.customer)).toBeNull();
    expect(await desk.change("endCoupon", { couponId: made.id }, tree.otherReseller)).toMatchObject({
      problem: "NOT_FOUND",
    });
    expect((await states("coupons", tree.reseller, ["ENDED"])).get(made.id)).toBe("ENDED");
    expect((await states("coupons", tree.customer)).size).toBe(0);
    const page = (after: string | null) =>
      desk.ask<{ coupons: { nodes: { id: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } } }>(
        "query ($after: String) { coupons(first: 1, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }",
        { after },
        tree.reseller,
      );
    const first = (await page(null)).coupons;
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect((await page(first.pageInfo.endCursor)).coupons.nodes[0]?.id).not.toBe(first.nodes[0]?.id);
  });
});
