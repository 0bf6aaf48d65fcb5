import { requestCaller, type TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { ask, codeOf, member, startTelemetry, tellTree } from "../testing/fixtures.js";
import { cancelRequested, eventOf, placed, stateOf, TestClock, Told } from "../testing/orders.js";
import { next, Streams } from "../testing/streams.js";
import { machineIdOf } from "./hypervisor.js";

const tree = testTree();
const clock = new TestClock();
const told = new Told();
let telemetry: TestSubgraph;
const streams = new Streams(() => telemetry);

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { clock: clock.now, provisioningSeconds: 10 }, [told]);
});
afterEach(() => streams.close());
afterAll(() => telemetry.stop());

const receive = (event: Parameters<typeof telemetry.subgraph.inbox.receive>[0]) =>
  telemetry.subgraph.inbox.receive(event);
const reaches = (orderId: string, state: string) =>
  until(async () => (await stateOf(telemetry, orderId))?.state === state && told.of(orderId).length > 0);
const ends = (orderId: string, state: string) => until(() => told.of(orderId).at(-1) === state);
const isMade = (orderId: string) => until(async () => (await stateOf(telemetry, orderId))?.hypervisor === 1);
const system = (statement: string) => telemetry.subgraph.database.system("tests", (tx) => tx.sql.unsafe(statement));

const order = async (name = "web", organisationId = tree.customer) => {
  const event = await placed(organisationId, clock.now(), { vm: { name } });
  await receive(event);
  return event;
};

describe("an order that is paid for", () => {
  it("becomes a running machine, told step by step", async () => {
    const { orderId } = await order();
    await isMade(orderId);
    clock.forward(4);
    await reaches(orderId, "INSTALLING");
    clock.forward(4);
    await reaches(orderId, "BOOTING");
    clock.forward(4);
    await ends(orderId, "RUNNING");
    expect(told.of(orderId)).toEqual(["STARTED", "RUNNING"]);
    expect(await stateOf(telemetry, orderId)).toMatchObject({
      state: "RUNNING",
      percent: 100,
      vm: "RUNNING",
      machines: 1,
    });
    const { vm } = await ask<{
      vm: { name: string; addresses: string[]; order: { id: string; provisioning: object } };
    }>(
      telemetry,
      "query ($id: ID!) { vm(id: $id) { name addresses order { id provisioning { state percent vm { id } } } } }",
      { id: machineIdOf(orderId) },
      member(tree.customer, ["vm:read", "order:read"]),
    );
    expect(vm).toMatchObject({ order: { id: orderId, provisioning: { state: "RUNNING", percent: 100 } } });
    expect(vm.addresses[0]).toMatch(/^10\./);
  });

  it("told twice or again under another event is one machine", async () => {
    const first = await order();
    await receive(first);
    await receive(await placed(tree.customer, clock.now(), { orderId: first.orderId }));
    await isMade(first.orderId);
    clock.forward(12);
    await ends(first.orderId, "RUNNING");
    expect(told.of(first.orderId)).toEqual(["STARTED", "RUNNING"]);
    expect(await stateOf(telemetry, first.orderId)).toMatchObject({ machines: 1, hypervisor: 1 });
  });

  it("fails when the hypervisor fails, and leaves nothing there", async () => {
    const { orderId } = await order("db-fail");
    await isMade(orderId);
    clock.forward(6);
    await ends(orderId, "FAILED");
    expect(told.changes.at(-1)?.reason).toBe("The disk image could not be written.");
    expect(await stateOf(telemetry, orderId)).toMatchObject({ vm: "FAILED", hypervisor: 0 });
  });

  it("is asked after, not ordered again, when the hypervisor does not answer", async () => {
    const { orderId } = await order("app-late");
    await isMade(orderId);
    clock.forward(20);
    await reaches(orderId, "INSTALLING");
    clock.forward(30);
    await ends(orderId, "RUNNING");
    expect(await stateOf(telemetry, orderId)).toMatchObject({ machines: 1, hypervisor: 1 });
  });
});

describe("an order that is not paid for", () => {
  it("is refused with a receipt of another house, or for another machine", async () => {
    const forged = await placed(tree.customer, clock.now(), { secret: "somebody else's secret, long enough" });
    await receive(forged);
    await ends(forged.orderId, "FAILED");
    const small = await placed(tree.customer, clock.now());
    const payload = small.payload as { vm: { vcpus: number } };
    await receive({ ...small, payload: { ...payload, vm: { ...payload.vm, vcpus: 8 } } });
    await ends(small.orderId, "FAILED");
    for (const { orderId } of [forged, small]) {
      expect(await stateOf(telemetry, orderId)).toMatchObject({ machines: 0, hypervisor: 0 });
    }
  });

  it("is not begun once its receipt is too old", async () => {
    const event = await placed(tree.customer, clock.now());
    clock.forward(300);
    await receive(event);
    await ends(event.orderId, "FAILED");
    expect(await stateOf(telemetry, event.orderId)).toMatchObject({ machines: 0, hypervisor: 0 });
  });

  it("is not begun for an organisation that was suspended meanwhile", async () => {
    await tellTree(telemetry, tree.setStatus(tree.sibling, "SUSPENDED"));
    const { orderId } = await order("web", tree.sibling);
    await ends(orderId, "FAILED");
    await tellTree(telemetry, tree.setStatus(tree.sibling, "ACTIVE"));
    expect(await stateOf(telemetry, orderId)).toMatchObject({ machines: 0 });
  });

  it("waits for no room: a machine larger than all that is left fails", async () => {
    const event = await placed(tree.customer, clock.now(), { vm: { vcpus: 5_000 } });
    await receive(event);
    await ends(event.orderId, "FAILED");
    expect(await stateOf(telemetry, event.orderId)).toMatchObject({ machines: 0, hypervisor: 0 });
  });
});

describe("a cancelled order", () => {
  it("that was never heard of leaves a tombstone, on which the order then founders", async () => {
    const event = await placed(tree.customer, clock.now());
    await receive(cancelRequested(tree.customer, event.orderId));
    await receive(event);
    await ends(event.orderId, "CANCELLED");
    await receive(cancelRequested(tree.customer, event.orderId));
    expect(await stateOf(telemetry, event.orderId)).toMatchObject({ state: "CANCELLED", machines: 0, hypervisor: 0 });
  });

  it("that has begun goes on to the end, which is told again to whoever asks again", async () => {
    const { orderId } = await order();
    await isMade(orderId);
    await receive(cancelRequested(tree.customer, orderId));
    clock.forward(12);
    await ends(orderId, "RUNNING");
    await receive(cancelRequested(tree.customer, orderId));
    await until(() => told.of(orderId).length === 3);
    expect(told.of(orderId)).toEqual(["STARTED", "RUNNING", "RUNNING"]);
  });

  it("that hangs is destroyed ten minutes after it began, and only if somebody asked", async () => {
    const { orderId } = await order("web-hang");
    await isMade(orderId);
    clock.forward(601);
    await until(async () => (await stateOf(telemetry, orderId))?.percent === 40);
    expect(told.of(orderId)).toEqual(["STARTED"]);
    await receive(cancelRequested(tree.customer, orderId));
    await ends(orderId, "CANCELLED");
    expect(await stateOf(telemetry, orderId)).toMatchObject({ vm: "DELETED", hypervisor: 0 });
  });
});

describe("after a crash", () => {
  it("between the inventory and the hypervisor the machine is made, once", async () => {
    const { orderId } = await order("crash-1");
    await isMade(orderId);
    await system(`delete from simulated_machine where order_id = '${orderId}'`);
    await isMade(orderId);
    clock.forward(12);
    await ends(orderId, "RUNNING");
    expect(await stateOf(telemetry, orderId)).toMatchObject({ machines: 1, hypervisor: 1 });
  });

  it("between the decision to fail and its end the end is told", async () => {
    const { orderId } = await order("crash-2");
    await isMade(orderId);
    await system(`update provisioning set ending = 'FAILED', failure_reason = 'Broken.' where order_id = '${orderId}'`);
    clock.forward(12);
    await ends(orderId, "FAILED");
    expect(await stateOf(telemetry, orderId)).toMatchObject({ vm: "FAILED", hypervisor: 0 });
  });

  it("a machine without a place in the inventory is destroyed, one that the hypervisor lost is FAILED", async () => {
    const orphan = machineIdOf(tree.operator);
    await system(
      `insert into simulated_machine (id, order_id, name, vcpus, created_at) values ('${orphan}', '${tree.operator}', 'x', 1, now())`,
    );
    const { orderId } = await order("lost");
    await isMade(orderId);
    clock.forward(12);
    await ends(orderId, "RUNNING");
    await system(`delete from simulated_machine where order_id = '${orderId}'`);
    await receive(
      eventOf("machines.resumeRequested", tree.otherCustomer, {
        organisationId: tree.otherCustomer,
        walletId: tree.otherCustomer,
        vmIds: null,
        at: clock.now(),
      }),
    );
    await until(async () => (await stateOf(telemetry, orderId))?.vm === "FAILED");
    await until(async () => (await system(`select 1 from simulated_machine where id = '${orphan}'`)).length === 0);
  });
});

describe("the progress of an order", () => {
  const PROGRESS =
    "subscription ($id: ID!) { provisioningProgress(orderId: $id) { state percent message order { id } vm { id } } }";
  const reader = (org: string) => requestCaller({ org, permissions: ["order:read", "vm:read"] });

  it("comes at once, with every change, and completes with the end", async () => {
    const event = await placed(tree.customer, clock.now());
    const stream = streams.watch(PROGRESS, { id: event.orderId }, reader(tree.reseller));
    const first = next<{ provisioningProgress: { state: string } }>(stream);
    await receive(event);
    const seen = [(await first).provisioningProgress.state];
    await isMade(event.orderId);
    clock.forward(12);
    while (seen.at(-1) !== "RUNNING") {
      seen.push((await next<{ provisioningProgress: { state: string } }>(stream)).provisioningProgress.state);
    }
    expect((await stream.next()).done).toBe(true);
  });

  it("is NOT_FOUND for others, as are malformed ids; links from other subgraphs show nothing", async () => {
    const { orderId } = await order();
    await isMade(orderId);
    for (const org of [tree.sibling, tree.otherCustomer, tree.otherReseller]) {
      const stream = streams.watch(PROGRESS, { id: orderId }, reader(org));
      expect(codeOf((await stream.next()).value)).toBe("NOT_FOUND");
      const { data } = await telemetry.execute(
        "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Order { provisioning { state } } } }",
        { r: [{ __typename: "Order", id: orderId }] },
        reader(org),
      );
      expect(data?.["_entities"]).toEqual([{ provisioning: null }]);
    }
    const none = streams.watch(PROGRESS, { id: "none" }, reader(tree.customer));
    expect(codeOf((await none.next()).value)).toBe("NOT_FOUND");
    const refused = streams.watch(PROGRESS, { id: orderId }, member(tree.customer));
    expect(codeOf((await refused.next()).value)).toBe("FORBIDDEN");
  }, 20_000);
});
