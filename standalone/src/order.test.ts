import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Person, TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let buyer: Person;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  buyer = await tollgate.signIn("reseller");
});
afterAll(() => tollgate.stop());

const ordered = async (name: string): Promise<string> => {
  const { data: sizes } = await buyer.ask("{ vmTemplates { id name } }");
  const small = sizes.vmTemplates.find((template: { name: string }) => template.name === "small");
  const vm = { name, templateId: small.id, image: "Debian 13" };
  const create = `mutation ($input: CreateQuoteInput!) { createQuote(input: $input) { ... on Quote { id } } }`;
  const input = { vm, interval: "MONTHLY", idempotencyKey: randomUUID() };
  const { data: quoted } = await buyer.ask(create, { input });
  const quoteId = quoted.createQuote.id;
  const issue = "mutation ($input: IssueQuoteInput!) { issueQuote(input: $input) { ... on Quote { id } } }";
  await buyer.ask(issue, { input: { quoteId, idempotencyKey: randomUUID() } });
  const order = `mutation ($input: OrderVmInput!) { orderVm(input: $input) { ... on Order { id } ... on InsufficientFundsProblem { available { formatted } needed { formatted } } ... on Problem { message } } }`;
  const { data } = await buyer.ask(order, { input: { quoteId, idempotencyKey: randomUUID() } });
  if (!data.orderVm.id) throw new Error(JSON.stringify(data.orderVm));
  return data.orderVm.id;
};

const ORDER = `query ($id: ID!) { order(id: $id) { state failureReason hold { amount { minorUnits } captured { minorUnits } state }
  vm { id name state order { number } } provisioning { state percent } } me { organisation { wallet { held { minorUnits } } } } }`;

describe("ordering a machine, over all subgraphs", () => {
  it("leads from a template to a running machine, its first hour paid and a day in reserve", async () => {
    const { data: before } = await buyer.ask("{ me { organisation { wallet { held { minorUnits } } } } }");
    const id = await ordered("journey");
    await until(async () => (await buyer.ask(ORDER, { id })).data.order.state === "COMPLETED", 30_000);
    const { data, errors } = await buyer.ask(ORDER, { id });
    expect(errors).toBeUndefined();
    expect(data.order).toMatchObject({
      hold: { amount: { minorUnits: "15000" }, captured: { minorUnits: "21" }, state: "CAPTURED" },
      vm: { name: "journey", state: "RUNNING" },
      provisioning: { state: "RUNNING", percent: 100 },
    });
    const held = (from: typeof data) => BigInt(from.me.organisation.wallet.held.minorUnits);
    expect(held(data) - held(before)).toBe(500n);
  }, 60_000);

  it("gives everything back when the hypervisor fails", async () => {
    const id = await ordered("journey-fail");
    await until(async () => (await buyer.ask(ORDER, { id })).data.order.state === "FAILED", 30_000);
    const { data } = await buyer.ask(ORDER, { id });
    expect(data.order).toMatchObject({
      failureReason: "The disk image could not be written.",
      hold: { captured: { minorUnits: "0" }, state: "RELEASED" },
      provisioning: { state: "FAILED" },
    });
  }, 60_000);
});
