import { randomUUID } from "node:crypto";
import { requestCaller, TestSubgraph, type TestTree } from "@tollgate/kit/testing";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { TestClock } from "./orders.js";

const PERMISSIONS = [
  ...["price:read", "price:manage", "promotion:read", "promotion:manage"],
  ...["quote:read", "catalogue:read", "wallet:read"],
];

/** What the documents below ask for. */
export interface OfferResult {
  __typename: string;
  id: string;
  state: string;
  name: string;
  code: string;
  redemptions: number;
  endsAt: string | null;
  basisPoints: number;
  effectiveFrom: string;
  reason?: string;
  fields?: { path: string[]; reason: string }[];
}

/** Billing with the demo's prices on a clock that stands still, and somebody who makes offers and sets taxes in it. */
export class OfferDesk {
  private constructor(
    readonly tree: TestTree,
    readonly billing: TestSubgraph,
    readonly clock: TestClock,
  ) {}

  static async open(postgresUrl: string, tree: TestTree): Promise<OfferDesk> {
    const clock = new TestClock();
    const billing = await TestSubgraph.start(postgresUrl, billingSubgraph({ clock: clock.now }), tree.source);
    const priceLists = [demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z"))];
    await seedBilling(billing.subgraph, { priceLists, credits: [] });
    return new OfferDesk(tree, billing, clock);
  }

  close(): Promise<void> {
    return this.billing.stop();
  }

  caller(org: string, permissions: readonly string[] = PERMISSIONS) {
    const { operator, reseller, otherReseller } = this.tree;
    const kind = org === operator ? "INTERNAL" : [reseller, otherReseller].includes(org) ? "RESELLER" : "CUSTOMER";
    return requestCaller({ org, kind, permissions: [...permissions] }, { deadline: Date.now() + 120_000 });
  }

  /** A moment so many hours from now, as it is sent. */
  at(hours: number): string {
    return new Date(this.clock.now().getTime() + hours * 3_600_000).toISOString();
  }

  async ask<Data>(document: string, variables: Record<string, unknown>, org: string): Promise<Data> {
    const { data, errors } = await this.billing.execute(document, variables, this.caller(org));
    if (errors) throw new Error(JSON.stringify(errors));
    return data as Data; // of the shape that the document asks for
  }

  async change(name: string, input: object, org: string = this.tree.reseller): Promise<OfferResult> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const shown = /Promotion|Coupon/.exec(name)?.[0] ?? "TaxRate";
    const fields: Record<string, string> = {
      Promotion: "id name state basisPoints endsAt",
      Coupon: "id code state redemptions endsAt",
      TaxRate: "country name basisPoints effectiveFrom",
    };
    const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename
      ... on ${shown} { ${fields[shown]} } ... on InvalidInputProblem { fields { path reason } }
      ... on ForbiddenProblem { reason } ... on Problem { problem: code } } }`;
    return (await this.ask<{ result: OfferResult }>(document, { input }, org)).result;
  }

  /** Ten per cent for a top-up, from now on, unless said otherwise. */
  coupon(rest: object = {}, org: string = this.tree.reseller): Promise<OfferResult> {
    const terms = { code: `C${randomUUID().slice(0, 8)}`, uses: ["TOP_UP"], basisPoints: 1_000 };
    return this.change("createCoupon", { ...terms, startsAt: this.at(0), idempotencyKey: randomUUID(), ...rest }, org);
  }

  promotion(rest: object = {}, org: string = this.tree.reseller): Promise<OfferResult> {
    const terms = { name: "Spring", basisPoints: 1_000, startsAt: this.at(0), idempotencyKey: randomUUID() };
    return this.change("createPromotion", { ...terms, ...rest }, org);
  }

  tax(rest: object = {}, org: string = this.tree.operator): Promise<OfferResult> {
    const terms = { country: "ZA", name: "VAT", basisPoints: 1_500, effectiveFrom: this.at(0) };
    return this.change("setTaxRate", { ...terms, idempotencyKey: randomUUID(), ...rest }, org);
  }
}
