import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { refreshHealth } from "../health/health.js";
import { addMachines, ask, codeOf, GIB, machine, member, sample, startTelemetry, store } from "../testing/fixtures.js";

const tree = testTree();
let telemetry: TestSubgraph;

interface Page {
  vms: {
    nodes: { id: string; name: string }[];
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
}

const LIST = `query ($first: Int, $after: String, $filter: VmFilter, $order: VmOrder) {
  vms(first: $first, after: $after, filter: $filter, order: $order) {
    nodes { id name } totalCount pageInfo { hasNextPage endCursor } } }`;

const list = (org: string, variables: Record<string, unknown> = {}) =>
  ask<Page>(telemetry, LIST, variables, member(org));
const names = async (org: string, variables: Record<string, unknown> = {}) =>
  (await list(org, variables)).vms.nodes.map(({ name }) => name);

const own = [
  machine(tree.customer, { name: "alpha", addresses: ["10.1.0.7"], labels: [{ key: "env", value: "test" }] }),
  machine(tree.customer, { name: "Beta", vcpus: 8, memoryBytes: 32n * GIB }),
  machine(tree.customer, { name: "gamma", state: "STOPPED" }),
];
const foreign = machine(tree.otherCustomer, { name: "foreign" });
const [alpha, beta] = own.map(({ id }) => id) as [string, string, string]; // of the three above

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree);
  await addMachines(telemetry, [...own, foreign]);
  const at = new Date();
  await store(telemetry, [
    sample(alpha, at, { cpuPercent: 80, memoryUsedBytes: 1n, memoryTotalBytes: 10n }),
    sample(beta, at, { cpuPercent: 20, memoryUsedBytes: 9n, memoryTotalBytes: 10n }),
  ]);
  await telemetry.subgraph.database.system("tests", (tx) => refreshHealth(tx, new Date()));
});

afterAll(() => telemetry.stop());

describe("a machine", () => {
  it("is shown with all that is known of it, sizes beyond 2^31 as text", async () => {
    const document = `query ($id: ID!) { vm(id: $id) { id name organisation { id } state stateReason image vcpus memoryBytes
      disks { name sizeBytes storage } addresses labels { key value } externalIds startedAt deletedAt latest { cpuPercent uptimeSeconds } } }`;
    const data = await ask(telemetry, document, { id: beta.toUpperCase() }, member(tree.customer));
    expect(data).toMatchObject({
      vm: {
        id: beta,
        name: "Beta",
        organisation: { id: tree.customer },
        state: "RUNNING",
        stateReason: null,
        vcpus: 8,
        memoryBytes: (32n * GIB).toString(),
        disks: [{ name: "vda", sizeBytes: (40n * GIB).toString(), storage: "SSD" }],
        labels: [{ key: "env", value: "production" }],
        externalIds: [],
        latest: { cpuPercent: 20, uptimeSeconds: null },
      },
    });
  });

  it.each([
    ["a foreign", () => foreign.id],
    ["an unknown", () => randomUUID()],
    ["a malformed", () => "no id'; select"],
  ])("is NOT_FOUND by %s id, for customers and for those above only", async (_, id) => {
    for (const org of [tree.customer, tree.sibling, tree.reseller]) {
      const response = await telemetry.execute("query ($id: ID!) { vm(id: $id) { name } }", { id: id() }, member(org));
      expect(response.data).toEqual({ vm: null });
      expect(codeOf(response)).toBe("NOT_FOUND");
    }
  });

  it("is found as an entity within the estate, and not by others", async () => {
    const document = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Vm { name } } }";
    const representations = [alpha, foreign.id, "nonsense"].map((id) => ({ __typename: "Vm", id }));
    const data = await ask(telemetry, document, { r: representations }, member(tree.customer));
    expect(data).toEqual({ _entities: [{ name: "alpha" }, null, null] });
  });
});

describe("the list of machines", () => {
  it("covers the estate and nothing else", async () => {
    expect((await names(tree.customer)).sort()).toEqual(["Beta", "alpha", "gamma"]);
    expect((await names(tree.reseller)).length).toBe(3);
    expect(await names(tree.sibling)).toEqual([]);
    expect(await names(tree.otherReseller)).toEqual(["foreign"]);
    expect((await names(tree.operator)).length).toBe(4);
    expect((await list(tree.reseller)).vms.totalCount).toBe(3);
  });

  it("is narrowed to one organisation of the estate, and refuses one outside", async () => {
    expect(await names(tree.operator, { filter: { organisationId: tree.otherReseller } })).toEqual(["foreign"]);
    for (const organisationId of [tree.otherCustomer, tree.operator, randomUUID(), "nonsense"]) {
      const response = await telemetry.execute(LIST, { filter: { organisationId } }, member(tree.reseller));
      expect(codeOf(response)).toBe("NOT_FOUND");
    }
  });

  it("is filtered by state, ids, labels and parts of names, addresses and labels", async () => {
    const by = (filter: Record<string, unknown>) =>
      names(tree.customer, { filter, order: { by: "NAME", direction: "ASCENDING" } });
    expect(await by({ state: ["STOPPED"] })).toEqual(["gamma"]);
    expect(await by({ ids: [alpha, foreign.id, "nonsense"] })).toEqual(["alpha"]);
    expect(await by({ search: "ET" })).toEqual(["Beta"]);
    expect(await by({ search: "10.1.0" })).toEqual(["alpha"]);
    expect(await by({ search: "env=tes" })).toEqual(["alpha"]);
    expect(await by({ search: "%" })).toEqual([]);
    expect(
      await by({
        labels: [
          { key: "env", value: "test" },
          { key: "no", value: "such" },
        ],
      }),
    ).toEqual(["alpha"]);
    expect(await by({ state: ["RUNNING"], search: "a", labels: [{ key: "env", value: "production" }] })).toEqual([
      "Beta",
    ]);
  });

  it.each([
    ["NAME", ["alpha", "Beta", "gamma"]],
    ["STATE", ["alpha", "Beta", "gamma"]],
    ["CPU", ["gamma", "Beta", "alpha"]],
    ["MEMORY", ["gamma", "alpha", "Beta"]],
    ["HEALTH", ["gamma"]],
    ["CREATED_AT", []],
  ])("is sorted by %s both ways, page by page, without losing or repeating a machine", async (by, expected) => {
    const walk = async (direction: string) => {
      const seen: string[] = [];
      let after: string | null = null;
      for (;;) {
        const { vms } = await list(tree.customer, { first: 1, after, order: { by, direction } });
        seen.push(...vms.nodes.map(({ name }) => name));
        if (!vms.pageInfo.hasNextPage) return seen;
        after = vms.pageInfo.endCursor;
      }
    };
    const ascending = await walk("ASCENDING");
    expect(ascending.length).toBe(3);
    expect(new Set(ascending).size).toBe(3);
    if (by !== "STATE") expect(ascending.slice(0, expected.length)).toEqual(expected);
    else expect(ascending[2]).toBe("gamma");
    expect(await walk("DESCENDING")).toEqual(ascending.reverse());
  });

  it("refuses a page too large and a cursor that is none", async () => {
    for (const variables of [
      { first: 101 },
      { first: 0 },
      { after: "nonsense" },
      { after: Buffer.from('[1,"x"]').toString("base64url") },
    ]) {
      expect(codeOf(await telemetry.execute(LIST, variables, member(tree.customer)))).toBe("INVALID_INPUT");
    }
  });

  it("asks for the permission", async () => {
    expect(codeOf(await telemetry.execute(LIST, {}, member(tree.customer, [])))).toBe("FORBIDDEN");
  });

  it("is read with as many statements for fifty machines as for one, samples and health included", async () => {
    const many = Array.from({ length: 50 }, (_, i) => machine(tree.sibling, { name: `many-${i}` }));
    await addMachines(telemetry, many);
    await store(
      telemetry,
      many.map(({ id }) => sample(id, new Date(), { cpuPercent: 1 })),
    );
    const document = `query ($first: Int) { vms(first: $first, order: { by: HEALTH, direction: DESCENDING }) {
      totalCount nodes { name organisation { id } latest { cpuPercent } health { score } } } }`;
    const count = async (first: number) => {
      const statements = await countStatements(() => ask(telemetry, document, { first }, member(tree.sibling)));
      return statements.length;
    };
    await count(1);
    expect(await count(1)).toBeGreaterThan(2);
    expect(await count(50)).toBe(await count(1));
  });
});

describe("the machines of an organisation", () => {
  const ENTITIES = `query ($r: [_Any!]!, $first: Int) { _entities(representations: $r) { ... on Organisation {
    vms(first: $first, order: { by: NAME, direction: ASCENDING }) { totalCount nodes { name } pageInfo { hasNextPage } } } } }`;
  const of = (...ids: string[]) => ids.map((id) => ({ __typename: "Organisation", id }));

  it("are those of its branch; a foreign organisation is nothing", async () => {
    const data = await ask(
      telemetry,
      ENTITIES,
      { r: of(tree.customer, tree.otherCustomer, tree.operator, "x"), first: 2 },
      member(tree.reseller),
    );
    expect(data).toEqual({
      _entities: [
        { vms: { totalCount: 3, nodes: [{ name: "alpha" }, { name: "Beta" }], pageInfo: { hasNextPage: true } } },
        null,
        null,
        null,
      ],
    });
  });

  it("are read for many organisations with the statements of one", async () => {
    const count = async (...ids: string[]) =>
      (await countStatements(() => ask(telemetry, ENTITIES, { r: of(...ids), first: 2 }, member(tree.operator))))
        .length;
    const one = await count(tree.customer);
    expect(await count(tree.customer, tree.sibling, tree.otherCustomer, tree.reseller)).toBe(one);
  });
});
