import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { system } from "../testing/arrange.js";
import { buyer, OrderDesk, ordered, provisioningChanged } from "../testing/orders.js";
import { cancelOverdue } from "./orders.js";

const tree = testTree();
const operator = buyer(tree.operator);
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
  await desk.pay(tree.customer, 10_000_000n);
});
afterAll(() => desk.stop());

describe("cancelling", () => {
  const as = buyer(tree.customer);

  it("asks telemetry and holds the money until it answers", async () => {
    const id = await ordered(desk.billing, as);
    const held = (await desk.books(tree.customer)).held;
    const key = randomUUID();
    expect(await desk.cancel(id, as, key)).toMatchObject({ state: "CANCELLING" });
    expect(await desk.cancel(id, as, key)).toMatchObject({ state: "CANCELLING" });
    expect(await desk.cancel(id, as)).toMatchObject({ state: "CANCELLING" });
    expect(await desk.ears.of(desk.billing, id)).toEqual(["order.placed", "provisioning.cancelRequested"]);
    expect((await desk.books(tree.customer)).held).toBe(held);
    await desk.receive(provisioningChanged(tree.customer, id, "CANCELLED"));
    expect((await desk.books(tree.customer)).held).toBe(held - 15_000n);
    expect(await desk.cancel(id, as)).toMatchObject({ code: "CONFLICT" });
  });

  it("that comes too late ends in a machine that is paid for", async () => {
    const id = await ordered(desk.billing, as);
    await desk.receive(provisioningChanged(tree.customer, id, "STARTED"));
    await desk.cancel(id, as);
    await desk.receive(provisioningChanged(tree.customer, id, "STARTED"));
    expect(await desk.stateOf(id, operator)).toBe("CANCELLING");
    await desk.receive(provisioningChanged(tree.customer, id, "RUNNING", randomUUID()));
    expect(await desk.stateOf(id, operator)).toBe("COMPLETED");
  });

  it("happens by itself after 15 minutes without an end, and releases nothing", async () => {
    const id = await ordered(desk.billing, as);
    const { held } = await desk.books(tree.customer);
    const sweep = () => system(desk.billing.subgraph, (tx) => cancelOverdue(tx, desk.clock.now()));
    desk.clock.forward(15);
    await sweep();
    expect(await desk.stateOf(id, operator)).toBe("PLACED");
    desk.clock.forward(1);
    expect(await sweep()).toBeGreaterThan(0);
    expect(await sweep()).toBe(0);
    expect(await desk.stateOf(id, operator)).toBe("CANCELLING");
    desk.clock.forward(60 * 24 * 30);
    expect((await desk.books(tree.customer)).held).toBe(held);
    expect(await desk.ears.of(desk.billing, id)).toEqual(["order.placed", "provisioning.cancelRequested"]);
  });
});
