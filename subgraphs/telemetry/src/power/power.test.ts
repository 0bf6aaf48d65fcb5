import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import type { PowerFunds } from "@tollgate/kit/protocol";
import { requestCaller, type TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { addMachines, ask, codeOf, machine, startTelemetry, tellTree } from "../testing/fixtures.js";
import { eventOf, placed, stateOf, TestClock, Told } from "../testing/orders.js";

const tree = testTree();
const clock = new TestClock();
const told = new Told();
let telemetry: TestSubgraph;

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree, { clock: clock.now, provisioningSeconds: 1 }, [told]);
});
afterAll(() => telemetry.stop());

const PERMISSIONS = ["vm:read", "vm:power", "vm:delete", "vm:update"];
const caller = (org: string, rest = {}) => requestCaller({ org, permissions: PERMISSIONS }, rest);

type Verb = "startVms" | "stopVms" | "rebootVms" | "deleteVms";
type Outcome = {
  vmId: string;
  vm: { state: string } | null;
  problem: { __typename: string; code: string; reason?: string } | null;
};

const power = async (verb: Verb, vmIds: string[], as = caller(tree.customer), key: string = randomUUID()) => {
  const input = `${verb[0]?.toUpperCase()}${verb.slice(1)}Input`;
  const document = `mutation ($input: ${input}!) { ${verb}(input: $input) { __typename
    ... on Problem { code } ... on VmPowerOutcomes { outcomes { vmId vm { state }
    problem { __typename code message ... on ForbiddenProblem { reason } ... on OutOfFundsProblem { organisation { id } } } } } } }`;
  const data = await ask<Record<Verb, { code?: string; outcomes: Outcome[] }>>(
    telemetry,
    document,
    { input: { vmIds, idempotencyKey: key } },
    as,
  );
  return data[verb];
};
const brief = async (...parameters: Parameters<typeof power>) =>
  (await power(...parameters)).outcomes.map(({ vm, problem }) => problem?.code ?? vm?.state);
const add = async (organisationId: string, values = {}) =>
  (await addMachines(telemetry, [machine(organisationId, values)]))[0] ?? "";
const turn = (organisationId: string, isOut: boolean, vmIds: string[] | null = null) =>
  eventOf(isOut ? "machines.stopRequested" : "machines.resumeRequested", organisationId, {
    organisationId,
    walletId: organisationId,
    vmIds,
    at: clock.now(),
  });
const receive = (event: ReturnType<typeof turn>) => telemetry.subgraph.inbox.receive(event);

describe("machines are switched", () => {
  it("off, on, again and for good, and billing hears of it", async () => {
    const id = await add(tree.customer);
    expect(await brief("stopVms", [id])).toEqual(["STOPPED"]);
    expect(await brief("stopVms", [id])).toEqual(["STOPPED"]);
    expect(await brief("rebootVms", [id])).toEqual(["CONFLICT"]);
    expect(await brief("startVms", [id])).toEqual(["RUNNING"]);
    expect(await brief("rebootVms", [id])).toEqual(["RUNNING"]);
    expect(await brief("deleteVms", [id])).toEqual(["DELETED"]);
    expect(await brief("startVms", [id])).toEqual(["CONFLICT"]);
    telemetry.subgraph.wakeRelay();
    await until(() => told.machines.filter(({ vmId }) => vmId === id).at(-1)?.state === "DELETED");
  });

  it("each with an outcome of its own, in the order asked", async () => {
    const mine = await add(tree.customer);
    const foreign = await add(tree.sibling);
    const parent = await add(tree.reseller);
    const other = await add(tree.otherCustomer);
    const making = await add(tree.customer, { state: "PROVISIONING" });
    const outcome = await brief("stopVms", [foreign, mine, "none", parent, making, other, randomUUID()]);
    expect(outcome).toEqual(["NOT_FOUND", "STOPPED", "NOT_FOUND", "NOT_FOUND", "CONFLICT", "NOT_FOUND", "NOT_FOUND"]);
    expect(await brief("deleteVms", [foreign, parent, other])).toEqual(["NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]);
    expect(await brief("stopVms", [foreign], caller(tree.reseller, { narrowedOrganisationId: tree.customer }))).toEqual(
      ["NOT_FOUND"],
    );
    expect(await brief("stopVms", [foreign, mine], caller(tree.reseller))).toEqual(["STOPPED", "STOPPED"]);
  });

  it("once per key: the same input gives the first outcome again, another one is a conflict", async () => {
    const id = await add(tree.customer);
    const key = randomUUID();
    await power("stopVms", [id], undefined, key);
    await power("startVms", [id]);
    expect((await power("stopVms", [id], undefined, key)).outcomes).toHaveLength(1);
    expect(await brief("startVms", [id])).toEqual(["RUNNING"]);
    expect((await power("deleteVms", [id], undefined, key)).code).toBe("CONFLICT");
    expect(await brief("stopVms", [id], caller(tree.reseller), key)).toEqual(["STOPPED"]);
  });

  it("not without the permission, nor none or more than a hundred at once", async () => {
    expect((await power("startVms", [])).code).toBe("INVALID_INPUT");
    expect(
      (
        await power(
          "startVms",
          Array.from({ length: 101 }, () => randomUUID()),
        )
      ).code,
    ).toBe("INVALID_INPUT");
    const document = 'mutation { deleteVms(input: { vmIds: ["x"], idempotencyKey: "k" }) { __typename } }';
    const viewer = requestCaller({ org: tree.customer, permissions: ["vm:read", "vm:power"] });
    expect(codeOf(await telemetry.execute(document, {}, viewer))).toBe("FORBIDDEN");
  });

  it("fifty in as many statements as one", async () => {
    const ids = await addMachines(
      telemetry,
      Array.from({ length: 50 }, () => machine(tree.customer)),
    );
    const count = async (some: string[]) => (await countStatements(() => power("stopVms", some))).length;
    const [first = "", ...others] = ids;
    expect(await count(others)).toBe(await count([first]));
  });
});

describe("machines that are switched on", () => {
  it("are those that billing has the runway for; it is asked of those that are off alone", async () => {
    const asked: string[][] = [];
    let poor: string[] = [];
    const funds: PowerFunds = {
      refused: async (vmIds) => {
        asked.push([...vmIds]);
        return vmIds.filter((id) => poor.includes(id));
      },
    };
    const other = await startTelemetry(inject("postgresUrl"), tree, { clock: clock.now, funds });
    try {
      const machines = ["STOPPED", "STOPPED", "RUNNING"].map((state) =>
        machine(tree.customer, { state: state as "STOPPED" | "RUNNING" }),
      );
      const [rich = "", without = "", running = ""] = await addMachines(other, machines);
      const [foreign = ""] = await addMachines(other, [machine(tree.sibling, { state: "STOPPED" })]);
      poor = [without];
      const start = async (vmIds: string[]) => {
        const document = `mutation ($input: StartVmsInput!) { startVms(input: $input) { ... on VmPowerOutcomes { outcomes {
          vm { state } problem { code message } } } } }`;
        const input = { vmIds, idempotencyKey: randomUUID() };
        const { startVms } = await ask<{ startVms: { outcomes: Outcome[] } }>(
          other,
          document,
          { input },
          caller(tree.customer),
        );
        return startVms.outcomes.map(({ vm, problem }) => problem?.code ?? vm?.state);
      };
      expect(await start([rich, without, running, foreign])).toEqual([
        "RUNNING",
        "INSUFFICIENT_FUNDS",
        "RUNNING",
        "NOT_FOUND",
      ]);
      expect(asked).toEqual([[rich, without]]);
      poor = [];
      expect(await start([without])).toEqual(["RUNNING"]);
    } finally {
      await other.stop();
    }
  });
});

describe("machines of an organisation that may not run any", () => {
  it("are neither started nor rebooted without funds; stopping and deleting stay possible", async () => {
    const running = await add(tree.otherCustomer);
    const stopped = await add(tree.otherCustomer, { state: "STOPPED" });
    const as = caller(tree.otherCustomer);
    await receive(turn(tree.otherCustomer, true));
    const outcomes = (await power("startVms", [stopped, running], as)).outcomes;
    expect(outcomes.map(({ problem }) => problem)).toEqual([
      expect.objectContaining({
        __typename: "OutOfFundsProblem",
        code: "INSUFFICIENT_FUNDS",
        organisation: { id: tree.otherCustomer },
      }),
      expect.objectContaining({ code: "INSUFFICIENT_FUNDS" }),
    ]);
    expect(await brief("deleteVms", [stopped], as)).toEqual(["DELETED"]);
    await receive(turn(tree.otherCustomer, false));
    expect(await brief("rebootVms", [running], as)).toEqual(["RUNNING"]);
  });

  it("stand still without money and resume with it, whatever the order the events come in", async () => {
    const first = await add(tree.customer);
    const owner = await add(tree.customer, { state: "STOPPED" });
    const stop = turn(tree.customer, true);
    const resume = turn(tree.customer, false);
    await receive(stop);
    await receive(stop);
    expect(await brief("stopVms", [owner])).toEqual(["STOPPED"]);
    const vm = await ask<{ vm: object }>(
      telemetry,
      `{ vm(id: "${first}") { state stateReason } }`,
      {},
      caller(tree.customer),
    );
    expect(vm).toEqual({ vm: { state: "SUSPENDED", stateReason: "No money left." } });
    await receive(resume);
    await receive({ ...stop, id: randomUUID() });
    const states = await ask<object>(
      telemetry,
      `{ a: vm(id: "${first}") { state } b: vm(id: "${owner}") { state } }`,
      {},
      caller(tree.customer),
    );
    expect(states).toEqual({ a: { state: "RUNNING" }, b: { state: "STOPPED" } });
  });

  it("stand still until both the money and the organisation are back", async () => {
    const id = await add(tree.sibling);
    const state = async () =>
      (await ask<{ vm: { state: string } }>(telemetry, `{ vm(id: "${id}") { state } }`, {}, caller(tree.operator))).vm
        .state;
    await tellTree(telemetry, tree.setStatus(tree.sibling, "SUSPENDED"));
    await receive(turn(tree.sibling, true));
    expect(await brief("startVms", [id], caller(tree.reseller))).toEqual(["FORBIDDEN"]);
    await tellTree(telemetry, tree.setStatus(tree.sibling, "ACTIVE"));
    expect(await state()).toBe("SUSPENDED");
    await tellTree(telemetry, tree.setStatus(tree.sibling, "SUSPENDED"));
    await receive(turn(tree.sibling, false));
    expect(await state()).toBe("SUSPENDED");
    await tellTree(telemetry, tree.setStatus(tree.sibling, "ACTIVE"));
    expect(await state()).toBe("RUNNING");
  });
});

describe("the hypervisor", () => {
  it("follows: off with money or by hand, on again, gone with the machine", async () => {
    const event = await placed(tree.otherReseller, clock.now());
    await telemetry.subgraph.inbox.receive(event);
    await until(async () => (await stateOf(telemetry, event.orderId))?.hypervisor === 1);
    clock.forward(2);
    await until(() => told.of(event.orderId).at(-1) === "RUNNING");
    const [row] = await telemetry.subgraph.database.system(
      "tests",
      (tx) => tx.sql<{ id: string }[]>`select id from vm where order_id = ${event.orderId}`,
    );
    const id = row?.id ?? "";
    const isOn = async () =>
      (
        await telemetry.subgraph.database.system(
          "tests",
          (tx) => tx.sql<{ is_on: boolean }[]>`select is_on from simulated_machine where id = ${id}`,
        )
      )[0]?.is_on;
    await power("stopVms", [id], caller(tree.otherReseller));
    await until(async () => (await isOn()) === false);
    await power("startVms", [id], caller(tree.otherReseller));
    await until(async () => (await isOn()) === true);
    await receive(turn(tree.otherReseller, true));
    await until(async () => (await isOn()) === false);
    await power("deleteVms", [id], caller(tree.otherReseller));
    await until(async () => (await isOn()) === undefined);
  });
});
