import type { EventPayloads, EventSink } from "@tollgate/kit/protocol";
import { TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { telemetrySubgraph } from "../index.js";
import { addMachines, ask, machine, member, relayed, tellTree } from "../testing/fixtures.js";
import { createMachines } from "./creation.js";
import { changeState } from "./states.js";

const tree = testTree();
const told: EventPayloads["vm.changed"][] = [];
let telemetry: TestSubgraph;

const [running, stopped, other] = [
  machine(tree.customer, { name: "running" }),
  machine(tree.customer, { name: "stopped", state: "STOPPED" }),
  machine(tree.sibling, { name: "other" }),
];

const statesOf = async () => {
  type Data = { vms: { nodes: { name: string; state: string; stateReason: string | null }[] } };
  const document = "{ vms(order: { by: NAME, direction: ASCENDING }) { nodes { name state stateReason } } }";
  const { vms } = await ask<Data>(telemetry, document, {}, member(tree.reseller));
  return Object.fromEntries(vms.nodes.map(({ name, state }) => [name, state]));
};

const setStatus = (organisationId: string, status: "ACTIVE" | "SUSPENDED" | "CLOSED") =>
  tellTree(telemetry, tree.setStatus(organisationId, status));

beforeAll(async () => {
  const billing: EventSink = {
    name: "billing",
    accepts: (type) => type === "vm.changed",
    receive: async (event) => void told.push(event.payload as EventPayloads["vm.changed"]),
  };
  const definition = telemetrySubgraph({ sampleSeconds: 5, hostSeconds: 2, simulate: false, host: false });
  telemetry = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source, [billing]);
  await addMachines(telemetry, [running, stopped, other]);
});

afterAll(() => telemetry.stop());

describe("machines of an organisation that is suspended", () => {
  it("are announced when they come to be, with what they cost by", async () => {
    await until(() => told.length === 3);
    const first = told.find(({ vmId }) => vmId === running.id);
    // Charged from when it is told of, not for the three weeks that it is old.
    expect(Date.now() - (first?.at.getTime() ?? 0)).toBeLessThan(3_600_000);
    expect(first).toEqual({
      vmId: running.id,
      organisationId: tree.customer,
      name: "running",
      state: "RUNNING",
      vcpus: 2,
      memoryBytes: running.memoryBytes,
      disks: running.disks,
      isCharged: true,
      at: first?.at,
    });
  });

  it("stop running with it and resume with it, those that stood still excepted", async () => {
    await setStatus(tree.customer, "SUSPENDED");
    expect(await statesOf()).toEqual({ running: "SUSPENDED", stopped: "STOPPED", other: "RUNNING" });
    await setStatus(tree.customer, "ACTIVE");
    expect(await statesOf()).toEqual({ running: "RUNNING", stopped: "STOPPED", other: "RUNNING" });
    await until(() => told.length === 5);
    expect(told.slice(3).map(({ name, state }) => [name, state])).toEqual([
      ["running", "SUSPENDED"],
      ["running", "RUNNING"],
    ]);
  });

  it("give the reason, and change nothing when told again", async () => {
    await setStatus(tree.customer, "SUSPENDED");
    await relayed(telemetry);
    const before = told.length;
    await setStatus(tree.customer, "SUSPENDED");
    const { vm } = await ask<{ vm: object }>(
      telemetry,
      "query ($id: ID!) { vm(id: $id) { state stateReason } }",
      { id: running.id },
      member(tree.customer),
    );
    expect(vm).toEqual({ state: "SUSPENDED", stateReason: "Its organisation is suspended." });
    await relayed(telemetry);
    expect(told.length).toBe(before);
    await setStatus(tree.customer, "ACTIVE");
  });

  it("are deleted for good when it is closed, whatever state they were in", async () => {
    const states = ["RUNNING", "STOPPED", "FAILED"] as const;
    await addMachines(
      telemetry,
      states.map((state) => machine(tree.otherCustomer, { name: state, state })),
    );
    await setStatus(tree.otherCustomer, "SUSPENDED");
    await setStatus(tree.otherCustomer, "CLOSED");
    const document = `{ organisation: _entities(representations: [{ __typename: "Organisation", id: "${tree.otherCustomer}" }]) {
      ... on Organisation { fleet { machines running } } } }`;
    const { organisation } = await ask<{ organisation: object[] }>(telemetry, document, {}, member(tree.operator));
    expect(organisation).toEqual([{ fleet: { machines: 0, running: 0 } }]);
    await relayed(telemetry);
    const ends = told.filter(({ organisationId }) => organisationId === tree.otherCustomer).slice(-3);
    expect(ends.map(({ state }) => state)).toEqual(["DELETED", "DELETED", "DELETED"]);
    await setStatus(tree.otherCustomer, "ACTIVE");
    expect((await ask(telemetry, document, {}, member(tree.operator))) as object).toEqual({ organisation });
  });

  it("are seeded as suspended into an organisation that is", async () => {
    await setStatus(tree.customer, "SUSPENDED");
    await addMachines(telemetry, [machine(tree.customer, { name: "late" })]);
    expect((await statesOf())["late"]).toBe("SUSPENDED");
  });
});

describe("a computer that Tollgate runs on", () => {
  it("is not switched off with the organisation it is a machine of", async () => {
    const now = new Date();
    const host = { ...machine(tree.otherCustomer), isHost: true, createdAt: now, startedAt: now };
    await telemetry.subgraph.database.system("tests", (tx) => createMachines(tx, [host], new Date()));
    await setStatus(tree.otherCustomer, "SUSPENDED");
    const document = "query ($id: ID!) { vm(id: $id) { state } }";
    expect(await ask(telemetry, document, { id: host.id }, member(tree.operator))).toEqual({
      vm: { state: "RUNNING" },
    });
  });
});

describe("a machine that is gone for good", () => {
  it("leaves the list, is still found, and changes no more", async () => {
    const [id] = await addMachines(telemetry, [machine(tree.sibling, { name: "gone" })]);
    const change = (to: "DELETED" | "RUNNING") =>
      telemetry.subgraph.database.system("tests", (tx) =>
        changeState(tx, [id ?? ""], { to, reason: null, at: new Date() }),
      );
    expect((await change("DELETED")).length).toBe(1);
    expect(await statesOf()).not.toHaveProperty("gone");
    const { vm } = await ask<{ vm: { deletedAt: string } }>(
      telemetry,
      "query ($id: ID!) { vm(id: $id) { deletedAt } }",
      { id },
      member(tree.sibling),
    );
    expect(vm.deletedAt).toBeTruthy();
    expect(await change("RUNNING")).toEqual([]);
  });
});
