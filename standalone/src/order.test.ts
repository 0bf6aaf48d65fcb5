import { randomUUID } from "node:crypto";
import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Buyer } from "./testing/buying.js";
import { TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let buyer: Buyer;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  buyer = new Buyer(await tollgate.signIn("reseller"));
});
afterAll(() => tollgate.stop());

describe("an order of a machine, over all subgraphs", () => {
  it("leads to a running machine: its first hour is paid, and a day of it in reserve until it is deleted", async () => {
    const before = await buyer.funds();
    const placed = await buyer.order("shop-1");
    expect(placed).toMatchObject({ __typename: "Order" });
    const order = await buyer.orderIn("COMPLETED", placed.id);
    expect(order).toMatchObject({
      hold: { amount: { minorUnits: "17250" }, captured: { minorUnits: "24" }, state: "CAPTURED" },
      vm: { name: "shop-1", state: "RUNNING", order: { id: placed.id } },
      provisioning: { state: "RUNNING", percent: 100 },
    });
    const running = await buyer.funds();
    // R150 a month and 15 % VAT are 23.96 cents an hour: the first hour is taken, 24 of them stay held.
    expect(running.held - before.held).toBe(575);
    expect(before.available - running.available).toBe(599);
    await buyer.deleteMachine(order.vm.id);
    await until(async () => (await buyer.funds()).held === before.held, 60_000);
  }, 180_000);

  it("gives everything back when the hypervisor fails, and says why", async () => {
    const before = await buyer.funds();
    const placed = await buyer.order("shop-2-fail");
    expect(await buyer.orderIn("FAILED", placed.id)).toMatchObject({
      failureReason: "The disk image could not be written.",
      hold: { captured: { minorUnits: "0" }, state: "RELEASED" },
      provisioning: { state: "FAILED" },
    });
    expect(await buyer.funds()).toEqual(before);
  }, 180_000);

  it("is made once for a key: the same key for another quote is a mistake", async () => {
    const key = randomUUID();
    const first = await buyer.order("shop-3", key);
    const orders = async () => {
      const { data } = await buyer.person.ask("{ orders(first: 100) { nodes { id } } }");
      return data.orders.nodes.length;
    };
    const count = await orders();
    expect(await buyer.order("shop-4", key)).toMatchObject({ code: "CONFLICT" });
    expect(await orders()).toBe(count);
    await buyer.orderIn("COMPLETED", first.id);
  }, 180_000);
});
