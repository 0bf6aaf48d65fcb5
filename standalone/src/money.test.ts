import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Person, TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let reseller: Person;
let poor: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  [reseller, poor] = [await tollgate.signIn("reseller"), await tollgate.signIn("freight")];
});
afterAll(() => tollgate.stop());

const WALLET = "{ organisation { wallet { id held { minorUnits } available { minorUnits } } } }";

interface Funds {
  held: number;
  available: number;
}

const fundsOf = async (person: Person): Promise<Funds> => {
  const { wallet } = (await person.ask(WALLET)).data.organisation;
  return { held: Number(wallet.held.minorUnits), available: Number(wallet.available.minorUnits) };
};

/** Quotes a small machine and orders it. @returns what orderVm answered. */
const order = async (person: Person, name: string, key = randomUUID()) => {
  const { data } = await person.ask("{ vmTemplates { id name } }");
  const template = data.vmTemplates.find((candidate: { name: string }) => candidate.name === "small");
  const quoted = await person.ask(
    `mutation ($vm: VmConfigInput!, $key: String!) { createQuote(input: { vm: $vm, interval: MONTHLY, idempotencyKey: $key }) {
      __typename ... on Quote { id price { total { minorUnits } } } ... on Problem { code message } } }`,
    { vm: { name, templateId: template.id, image: "Debian 13" }, key: randomUUID() },
  );
  const { id, price } = quoted.data.createQuote;
  expect(price.total.minorUnits).toBe("15000");
  await person.ask(
    "mutation ($id: ID!, $key: String!) { issueQuote(input: { quoteId: $id, idempotencyKey: $key }) { ... on Quote { state } } }",
    { id, key: randomUUID() },
  );
  const { data: ordered } = await person.ask(
    `mutation ($id: ID!, $key: String!) { orderVm(input: { quoteId: $id, idempotencyKey: $key }) {
      __typename ... on Order { id state } ... on Problem { code message }
      ... on InsufficientFundsProblem { available { minorUnits } needed { minorUnits } shortfall { minorUnits } } } }`,
    { id, key },
  );
  return ordered.orderVm;
};

const orderState = async (person: Person, id: string) => {
  const { data } = await person.ask(
    "query ($id: ID!) { order(id: $id) { state failureReason vm { id name state } provisioning { state percent } } }",
    { id },
  );
  return data.order;
};

describe("no machine without money", () => {
  it("refuses an order that the wallet cannot carry, says how much is missing, and moves nothing", async () => {
    const before = await fundsOf(poor);
    const answer = await order(poor, "too-dear");
    expect(answer).toMatchObject({ __typename: "InsufficientFundsProblem", code: "INSUFFICIENT_FUNDS" });
    const [available, needed, shortfall] = [answer.available, answer.needed, answer.shortfall].map((m) =>
      Number(m.minorUnits),
    );
    expect(Number(needed) - Number(available)).toBe(shortfall);
    expect(available).toBe(before.available);
    expect(await fundsOf(poor)).toEqual(before);
    expect((await poor.ask('{ vms(filter: { search: "too-dear" }) { totalCount } }')).data.vms.totalCount).toBe(0);
  });

  it("provisions a paid one, takes its first hour and keeps a day of it in reserve until it is deleted", async () => {
    const before = await fundsOf(reseller);
    const placed = await order(reseller, "shop-1");
    expect(placed).toMatchObject({ __typename: "Order" });
    await until(async () => (await orderState(reseller, placed.id)).state === "COMPLETED", 30_000);
    const { vm, provisioning } = await orderState(reseller, placed.id);
    expect(vm).toMatchObject({ name: "shop-1", state: "RUNNING" });
    expect(provisioning).toMatchObject({ state: "RUNNING", percent: 100 });
    const running = await fundsOf(reseller);
    // R150 a month are 20.83 cents an hour: the first hour is taken, 24 of them stay held.
    expect(running.held - before.held).toBe(500);
    expect(before.available - running.available).toBe(521);
    await reseller.ask(
      "mutation ($id: ID!, $key: String!) { deleteVms(input: { vmIds: [$id], idempotencyKey: $key }) { ... on VmPowerOutcomes { outcomes { problem { message } } } } }",
      { id: vm.id, key: randomUUID() },
    );
    await until(async () => (await fundsOf(reseller)).held === before.held, 20_000);
  });

  it("gives everything back when the hypervisor fails, with the reason", async () => {
    const before = await fundsOf(reseller);
    const placed = await order(reseller, "shop-2-fail");
    await until(async () => (await orderState(reseller, placed.id)).state === "FAILED", 30_000);
    expect((await orderState(reseller, placed.id)).failureReason).toBeTruthy();
    expect(await fundsOf(reseller)).toEqual(before);
  });

  it("answers a repeated order with the first one", async () => {
    const { data } = await reseller.ask("{ vmTemplates { id name } }");
    expect(data.vmTemplates).toHaveLength(4);
    const key = randomUUID();
    const first = await order(reseller, "shop-3", key);
    const orders = async () => (await reseller.ask("{ orders(first: 100) { nodes { id } } }")).data.orders.nodes.length;
    const count = await orders();
    // The same key for another quote is a mistake, not a second machine.
    expect(await order(reseller, "shop-4", key)).toMatchObject({ code: "CONFLICT" });
    expect(await orders()).toBe(count);
    await until(async () => (await orderState(reseller, first.id)).state === "COMPLETED", 30_000);
  });
});
