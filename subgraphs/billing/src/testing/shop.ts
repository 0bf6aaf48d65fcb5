import { randomUUID } from "node:crypto";
import { requestCaller, type TestTree } from "@tollgate/kit/testing";
import { createItem } from "../catalogue/items.js";
import type { ItemWish } from "../catalogue/rules.js";
import { system } from "./arrange.js";
import { ask, OrderDesk } from "./orders.js";

const SHOPPER = [
  "catalogue:read",
  "catalogue:manage",
  "order:read",
  "order:place",
  "serviceSubscription:read",
  "serviceSubscription:manage",
  "wallet:read",
  "quote:read",
];

type Shopper = ReturnType<typeof requestCaller>;

/** Somebody who sells and buys. */
export const shopper = (org: string, rest = {}): Shopper =>
  requestCaller({ org, permissions: SHOPPER }, { deadline: Date.now() + 600_000, ...rest });

const PROBLEM = `... on Problem { __typename code message } ... on InvalidInputProblem { fields { path reason } }
  ... on InsufficientFundsProblem { available { minorUnits } needed { minorUnits } shortfall { minorUnits } }`;
const ITEM = "id name category version state interval price { minorUnits currency }";
const ORDER =
  "id number kind state total { minorUnits } items { quantity unitPrice { minorUnits } amount { minorUnits } item { name } }";
const SUBSCRIPTION = `id state quantity price { minorUnits } currentPeriodStart currentPeriodEnd cancelAtPeriodEnd endedAt
  item { id name }`;

/** An answer of a mutation: what was asked of its success, or the problem. */
export type Answer = Record<string, unknown> & { __typename: string; id: string; code?: string };

const mutation = (name: string, success: string, selection: string) =>
  `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) {
     ${name}(input: $input) { __typename ... on ${success} { ${selection} } ${PROBLEM} } }`;

const DOCUMENTS = {
  createCatalogueItem: mutation("createCatalogueItem", "CatalogueItem", ITEM),
  updateCatalogueItem: mutation("updateCatalogueItem", "CatalogueItem", ITEM),
  retireCatalogueItem: mutation("retireCatalogueItem", "CatalogueItem", ITEM),
  orderItems: mutation("orderItems", "Order", ORDER),
  subscribeToService: mutation("subscribeToService", "ServiceSubscription", SUBSCRIPTION),
  changeServiceSubscription: mutation("changeServiceSubscription", "ServiceSubscription", SUBSCRIPTION),
  cancelServiceSubscription: mutation("cancelServiceSubscription", "ServiceSubscription", SUBSCRIPTION),
  resumeServiceSubscription: mutation("resumeServiceSubscription", "ServiceSubscription", SUBSCRIPTION),
};

/** A catalogue with whoever sells and buys, on a clock that stands still. */
export class Shop {
  private constructor(readonly desk: OrderDesk) {}

  static async start(postgresUrl: string, tree: TestTree): Promise<Shop> {
    return new Shop(await OrderDesk.start(postgresUrl, tree));
  }

  get clock() {
    return this.desk.clock;
  }

  get subgraph() {
    return this.desk.billing.subgraph;
  }

  stop(): Promise<void> {
    return this.desk.stop();
  }

  /** Puts something on sale: a service of R100 a month unless said otherwise. @returns its id. */
  offer(organisationId: string, rest: Partial<ItemWish> = {}): Promise<string> {
    const item = { kind: "SERVICE", name: "Care", description: null, category: null, interval: "MONTHLY" } as const;
    const wish: ItemWish = { ...item, price: { minorUnits: 10_000n, currency: "ZAR" }, ...rest };
    const at = this.clock.now();
    return system(this.subgraph, (tx) => createItem(tx, { ...wish, organisationId, idempotencyKey: randomUUID() }, at));
  }

  product(organisationId: string, cents: bigint, name = "Book"): Promise<string> {
    const price = { minorUnits: cents, currency: "ZAR" } as const;
    return this.offer(organisationId, { kind: "PRODUCT", interval: null, name, price });
  }

  /** Does a mutation; a key of its own unless the input has one. */
  async change(name: keyof typeof DOCUMENTS, input: Record<string, unknown>, as: Shopper): Promise<Answer> {
    const keyed = name === "retireCatalogueItem" ? input : { idempotencyKey: randomUUID(), ...input };
    const data = await ask<Record<string, Answer>>(this.desk.billing, DOCUMENTS[name], { input: keyed }, as);
    const answer = data[name];
    if (!answer) throw new Error(`${name} answered nothing`);
    return answer;
  }

  ask<Data>(document: string, variables: Record<string, unknown>, as: Shopper): Promise<Data> {
    return ask<Data>(this.desk.billing, document, variables, as);
  }
}
