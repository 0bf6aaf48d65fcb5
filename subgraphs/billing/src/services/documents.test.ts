import { countStatements } from "@tollgate/kit";
import { requestCaller, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { walletFor } from "../ledger/ledger.js";
import { putTaxRate } from "../tax/setting.js";
import { system } from "../testing/arrange.js";
import { ask } from "../testing/orders.js";
import { setWallet } from "../testing/services.js";
import { Shop, shopper } from "../testing/shop.js";
import { renewDue } from "./renewals.js";

const tree = testTree();
const as = shopper(tree.customer);
const MONTH = 720 * 60;
let shop: Shop;
let care: string;
let watch: string;

beforeAll(async () => {
  shop = await Shop.start(inject("postgresUrl"), tree);
  care = await shop.offer(tree.reseller);
  watch = await shop.offer(tree.reseller, { name: "Watch", price: { minorUnits: 30_000n, currency: "ZAR" } });
  const since = new Date("2026-01-01T00:00:00Z");
  await system(shop.subgraph, async (tx) => {
    const rate = { country: "ZA", name: "VAT", basisPoints: 1_500, effectiveFrom: since };
    await putTaxRate(tx, tree.operator, rate);
    await tx.sql`insert into coupon (organisation_id, code, uses, basis_points, max_redemptions, starts_at, created_at)
      values (${tree.reseller}, 'WELCOME', '{SERVICE_SUBSCRIPTION}', 2500, 1, ${since.toISOString()}, ${since.toISOString()})`;
  });
  await setWallet(shop, tree.customer, 100_000n);
});
afterAll(() => shop.stop());

const available = async () => (await shop.desk.books(tree.customer)).available;

/** Invoices and credit notes of a subscription, as they came. */
const papers = (id: string) =>
  system(shop.subgraph, async (tx) => {
    const invoices = await tx.sql<{ number: string; total: bigint; credited: bigint; state: string }[]>`
      select number, total, credited, state from invoice where service_subscription_id = ${id} order by created_at, id`;
    const notes = await tx.sql<{ amount: bigint; tax: bigint }[]>`
      select n.amount, n.tax from credit_note n join invoice i on i.id = n.invoice_id
       where i.service_subscription_id = ${id} order by n.issued_at, n.number`;
    return {
      invoices: invoices.map(({ total, credited }) => [total, credited]),
      notes: notes.map((note) => ({ ...note })),
    };
  });

describe("the papers of a service subscription", () => {
  it("are an invoice for each period, the first one less the coupon, which is used once", async () => {
    const { id } = await shop.change("subscribeToService", { itemId: care, couponCode: "welcome" }, as);
    expect(await available()).toBe(100_000n - 8_625n);
    expect(await shop.change("subscribeToService", { itemId: care, couponCode: "WELCOME" }, as)).toMatchObject({
      __typename: "CouponProblem",
    });
    shop.clock.forward(MONTH);
    expect(await renewDue(shop.subgraph.database, shop.clock.now())).toEqual(new Map());
    expect(await papers(id)).toEqual({
      invoices: [
        [8_625n, 0n],
        [11_500n, 0n],
      ],
      notes: [],
    });
    expect(await available()).toBe(100_000n - 8_625n - 11_500n);
  });

  it("are credit notes for what is given back, with its tax, of the newest invoice first", async () => {
    await setWallet(shop, tree.customer, 100_000n);
    const { id: serviceSubscriptionId } = await shop.change("subscribeToService", { itemId: care }, as);
    await shop.change("changeServiceSubscription", { serviceSubscriptionId, itemId: watch }, as);
    shop.clock.forward(MONTH / 2);
    // Half of what is left of 300 is not used: 100 more were paid than care costs for the rest.
    await shop.change("changeServiceSubscription", { serviceSubscriptionId, itemId: care }, as);
    expect(await papers(serviceSubscriptionId)).toEqual({
      invoices: [
        [11_500n, 0n],
        [23_000n, 11_500n],
      ],
      notes: [{ amount: 11_500n, tax: 1_500n }],
    });
    expect(await available()).toBe(100_000n - 11_500n - 23_000n + 11_500n);
  });

  it("never give back what was given back by hand already", async () => {
    await setWallet(shop, tree.customer, 100_000n);
    const { id: serviceSubscriptionId } = await shop.change("subscribeToService", { itemId: watch }, as);
    await system(
      shop.subgraph,
      (tx) => tx.sql`update invoice set credited = total where service_subscription_id = ${serviceSubscriptionId}`,
    );
    const change = { serviceSubscriptionId, itemId: care };
    expect(await shop.change("changeServiceSubscription", change, as)).toMatchObject({ code: "CONFLICT" });
    expect(await available()).toBe(100_000n - 34_500n);
  });

  it("are listed with their subscriptions and transactions in as many statements for one as for many", async () => {
    const document = `query ($n: Int, $wallet: ID!) {
      serviceSubscriptions(first: $n) { nodes { id organisation { id } item { name organisation { id } } } }
      invoices(first: $n) { nodes { serviceSubscription { id } lines { explanation { coupon { id } } } creditNotes { number } } }
      wallet(id: $wallet) { transactions(first: $n) { nodes { entry { reason { __typename } postings { id } reverses { id } } } } } }`;
    const wallet = await system(shop.subgraph, (tx) => walletFor(tx, tree.customer, "ZAR"));
    const permissions = ["serviceSubscription", "catalogue", "invoice", "wallet", "promotion"].map(
      (one) => `${one}:read`,
    );
    const reader = requestCaller({ org: tree.reseller, kind: "RESELLER", permissions });
    type Listed = Record<"serviceSubscriptions" | "invoices", { nodes: object[] }>;
    const list = (n: number) => ask<Listed>(shop.desk.billing, document, { n, wallet }, reader);
    const count = async (n: number) => (await countStatements(() => list(n))).length;
    const { serviceSubscriptions, invoices } = await list(20);
    expect([serviceSubscriptions.nodes.length, invoices.nodes.length > 3]).toEqual([3, true]);
    expect(await count(20)).toBe(await count(1));
  });
});
