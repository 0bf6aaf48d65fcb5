import { randomUUID } from "node:crypto";
import { machineDigest, Receipts } from "@tollgate/kit";
import { TEST_SECRET, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { system, vmChanged } from "../testing/arrange.js";
import { buyer, issued, OrderDesk, ordered, orderFrom, provisioningChanged, SMALL } from "../testing/orders.js";

const tree = testTree();
const operator = buyer(tree.operator);
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
});
afterAll(() => desk.stop());

describe("an order", () => {
  const as = buyer(tree.customer);
  beforeAll(() => desk.pay(tree.customer, 10_000_000n));

  it("goes out once with a receipt for exactly this machine, however often it is asked for", async () => {
    const quoteId = await issued(desk.billing, as, { ...SMALL, name: "shop" });
    const key = randomUUID();
    const results = await Promise.all(Array.from({ length: 5 }, () => orderFrom(desk.billing, as, quoteId, key)));
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    const [{ id = "" } = {}] = results;
    const again = await orderFrom(desk.billing, as, quoteId);
    expect(again).toMatchObject({ code: "CONFLICT" });
    expect(await orderFrom(desk.billing, as, await issued(desk.billing, as), key)).toMatchObject({ code: "CONFLICT" });
    const placement = await desk.ears.placement(id);
    const proof = await new Receipts(TEST_SECRET).verify(placement.receipt);
    expect(proof).toMatchObject({ orderId: id, organisationId: tree.customer, digest: machineDigest(placement.vm) });
    expect(proof?.startBefore).toEqual(new Date(desk.clock.now().getTime() + 300_000));
    expect(placement.vm).toMatchObject({ name: "shop", vcpus: 1, disks: [{ name: "vda", storage: "SSD" }] });
    expect(await desk.ears.of(desk.billing, id)).toEqual(["order.placed"]);
  });

  it("that runs pays its first hour, keeps a day in reserve and gives back the rest", async () => {
    const before = await desk.books(tree.customer);
    const id = await ordered(desk.billing, as);
    expect((await desk.books(tree.customer)).held - before.held).toBe(15_000n);
    await desk.receive(provisioningChanged(tree.customer, id, "STARTED", null));
    expect(await desk.stateOf(id, operator)).toBe("PROVISIONING");
    await desk.receive(provisioningChanged(tree.customer, id, "RUNNING", randomUUID()));
    expect(await desk.stateOf(id, operator)).toBe("COMPLETED");
    const after = await desk.books(tree.customer);
    expect(after.held - before.held).toBe(500n);
    expect(before.posted - after.posted).toBe(21n);
    expect(after.revenue - before.revenue).toBe(21n);
    expect(await desk.ears.of(desk.billing, id)).toEqual(["order.placed", "order.ended"]);
  });

  it("that fails or is cancelled gives everything back, and tells why", async () => {
    const before = await desk.books(tree.customer);
    const failed = await ordered(desk.billing, as);
    await desk.receive(provisioningChanged(tree.customer, failed, "FAILED"));
    const cancelled = await ordered(desk.billing, as);
    await desk.receive(provisioningChanged(tree.customer, cancelled, "CANCELLED"));
    expect([await desk.stateOf(failed, operator), await desk.stateOf(cancelled, operator)]).toEqual([
      "FAILED",
      "CANCELLED",
    ]);
    expect(await desk.books(tree.customer)).toMatchObject({ held: before.held, posted: before.posted });
    await desk.ears.of(desk.billing, failed);
    expect(
      desk.ears.heard.find(({ type, payload }) => type === "order.ended" && payload.orderId === failed),
    ).toMatchObject({
      payload: { state: "FAILED", reason: "It broke.", vmName: "web" },
    });
  });

  it("ends once: news told twice, late or against each other change nothing", async () => {
    const id = await ordered(desk.billing, as);
    const vmId = randomUUID();
    const running = provisioningChanged(tree.customer, id, "RUNNING", vmId);
    await Promise.all([desk.receive(running), desk.receive(running), desk.receive({ ...running, id: randomUUID() })]);
    const after = await desk.books(tree.customer);
    for (const state of ["STARTED", "FAILED", "CANCELLED", "RUNNING"] as const) {
      await desk.receive(provisioningChanged(tree.customer, id, state, vmId));
    }
    expect(await desk.stateOf(id, operator)).toBe("COMPLETED");
    expect(await desk.books(tree.customer)).toEqual(after);
    await desk.receive(provisioningChanged(tree.customer, randomUUID(), "RUNNING", randomUUID()));
  });

  it("stands in the way of the next until its machine is known, whichever news come first", async () => {
    const id = await ordered(desk.billing, as);
    const making = vmChanged({ organisationId: tree.customer, state: "PROVISIONING" });
    await desk.receive(making);
    await desk.receive(provisioningChanged(tree.customer, id, "RUNNING", making.vmId));
    const [row] = await system(
      desk.billing.subgraph,
      (tx) => tx.sql<{ state: string }[]>`select state from machine where vm_id = ${making.vmId}`,
    );
    expect(row?.state).toBe("RUNNING");
  });
});

describe("a machine's reserve", () => {
  const as = buyer(tree.customer);

  it("is free again when the machine is gone, whichever of the news comes first", async () => {
    const before = await desk.books(tree.customer);
    const first = await ordered(desk.billing, as);
    const gone = vmChanged({ organisationId: tree.customer, state: "DELETED" });
    await desk.receive(provisioningChanged(tree.customer, first, "RUNNING", gone.vmId));
    expect((await desk.books(tree.customer)).held - before.held).toBe(500n);
    await desk.receive(gone);
    await desk.receive({ ...gone, id: randomUUID() });
    const second = await ordered(desk.billing, as);
    const early = vmChanged({ organisationId: tree.customer, state: "DELETED" });
    await desk.receive(early);
    await desk.receive(provisioningChanged(tree.customer, second, "RUNNING", early.vmId));
    for (let i = 0; i < 5; i += 1) {
      const id = await ordered(desk.billing, as);
      const deleted = vmChanged({ organisationId: tree.customer, state: "DELETED" });
      await Promise.all([
        desk.receive(provisioningChanged(tree.customer, id, "RUNNING", deleted.vmId)),
        desk.receive(deleted),
      ]);
    }
    expect((await desk.books(tree.customer)).held).toBe(before.held);
  });
});
