import { Receipts, type Tx } from "@tollgate/kit";
import { TEST_SECRET, type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { SimulatedHypervisor } from "../adapters/simulated/hypervisor.js";
import { startTelemetry } from "../testing/fixtures.js";
import { cancelRequested, placed, stateOf, TestClock, Told } from "../testing/orders.js";
import { cancelProvisioning, queueOrder } from "./provisioning.js";
import { begin } from "./steps.js";

const tree = testTree();
const clock = new TestClock();
const told = new Told();
const receipts = new Receipts(TEST_SECRET);
let telemetry: TestSubgraph;
let hypervisor: SimulatedHypervisor;

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { clock: clock.now, provisioningSeconds: 60 }, [told]);
  hypervisor = new SimulatedHypervisor({ database: telemetry.subgraph.database, clock: clock.now, seconds: 60 });
});
afterAll(() => telemetry.stop());

/** In one transaction, so that the provisioner that runs beside it sees the end of it only. */
const system = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => telemetry.subgraph.database.system("tests", work);

describe("beginning an order", () => {
  it("that was cancelled since it was found waiting does nothing: no machine, and one end", async () => {
    const order = await placed(tree.customer, clock.now());
    const { orderId } = order;
    const begun = await system(async (tx) => {
      await queueOrder(tx, order, receipts, clock.now());
      await cancelProvisioning(tx, cancelRequested(tree.customer, orderId), clock.now());
      return begin(tx, orderId, hypervisor, clock.now());
    });
    expect(begun).toBeNull();
    await telemetry.subgraph.delivered();
    expect(told.of(orderId)).toEqual(["CANCELLED"]);
    expect(await stateOf(telemetry, orderId)).toMatchObject({ state: "CANCELLED", machines: 0 });
  });

  it("that another process has begun does nothing: it is told once", async () => {
    const order = await placed(tree.customer, clock.now());
    const { orderId } = order;
    const [first, second] = await system(async (tx) => {
      await queueOrder(tx, order, receipts, clock.now());
      const begins = () => begin(tx, orderId, hypervisor, clock.now());
      return [await begins(), await begins()];
    });
    expect(first).toMatchObject({ state: "CREATING" });
    expect(second).toBeNull();
    await telemetry.subgraph.delivered();
    expect(told.of(orderId)).toEqual(["STARTED"]);
    expect(await stateOf(telemetry, orderId)).toMatchObject({ machines: 1 });
  });
});
