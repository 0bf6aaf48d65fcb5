import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import type { VmChange } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { listOf, vmChanged } from "../testing/arrange.js";

const NOW = new Date("2026-06-01T12:00:00Z");
const tree = testTree();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => NOW }), tree.source);
  const effectiveFrom = new Date("2026-01-01T00:00:00Z");
  const priceLists = [
    demoPriceList(randomUUID(), tree.operator, effectiveFrom),
    listOf(tree.sibling, { markupBasisPoints: 10_000, effectiveFrom }),
  ];
  await seedBilling(billing.subgraph, { priceLists, credits: [] });
});

afterAll(() => billing.stop());

const caller = (org: string, permissions = ["usage:read"], rest = {}) => requestCaller({ org, permissions }, rest);

const add = async (change: Partial<VmChange> & { organisationId: string }): Promise<string> => {
  const event = vmChanged(change);
  await billing.subgraph.inbox.receive(event);
  return event.vmId;
};

const costs = async (ids: string[], as = caller(tree.operator)) => {
  const { data, errors } = await billing.execute(
    "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Vm { hourlyCost { minorUnits currency } } } }",
    { r: ids.map((id) => ({ __typename: "Vm", id })) },
    as,
  );
  if (errors) return errors[0]?.extensions?.["code"];
  return ((data?.["_entities"] ?? []) as { hourlyCost: { minorUnits: string } | null }[]).map(
    ({ hourlyCost }) => hourlyCost?.minorUnits ?? null,
  );
};

describe("the hourly cost of a machine", () => {
  it("is compute and storage while it runs, storage while it stands, nothing before and after", async () => {
    const states = ["RUNNING", "STOPPED", "SUSPENDED", "PROVISIONING", "FAILED", "DELETED"] as const;
    const ids = await Promise.all(states.map((state) => add({ organisationId: tree.customer, state })));
    expect(await costs(ids)).toEqual(["21", "6", "6", "0", "0", "0"]);
  });

  it("follows the newest state that telemetry told of", async () => {
    const started = vmChanged({ organisationId: tree.customer });
    const stopped = vmChanged({ organisationId: tree.customer, vmId: started.vmId, state: "STOPPED" });
    await billing.subgraph.inbox.receive(stopped);
    await billing.subgraph.inbox.receive(started);
    expect(await costs([started.vmId])).toEqual(["6"]);
  });

  it("follows the price list of the machine's organisation, whoever looks", async () => {
    const id = await add({ organisationId: tree.sibling });
    for (const org of [tree.operator, tree.reseller, tree.sibling])
      expect(await costs([id], caller(org))).toEqual(["42"]);
  });

  it("is null for what is not charged, for what has no price, and for what is unknown", async () => {
    const host = await add({ organisationId: tree.operator, isCharged: false });
    expect(await costs([host, randomUUID()])).toEqual([null, null]);
  });

  it("is null for machines of others: a sibling's, another reseller's customer's, the parent's", async () => {
    const ids = await Promise.all(
      [tree.sibling, tree.otherCustomer, tree.reseller].map((organisationId) => add({ organisationId })),
    );
    expect(await costs(ids, caller(tree.customer))).toEqual([null, null, null]);
    const narrowed = caller(tree.reseller, ["usage:read"], { narrowedOrganisationId: tree.customer });
    expect(await costs(ids, narrowed)).toEqual([null, null, null]);
    expect(await costs(ids, caller(tree.customer, []))).toBe("FORBIDDEN");
    expect(await costs(ids, requestCaller(null))).toBe("UNAUTHENTICATED");
  });

  it("of fifty machines of many organisations takes as many statements as that of one", async () => {
    const organisations = [tree.customer, tree.sibling, tree.otherCustomer, tree.reseller, tree.otherReseller];
    const ids = await Promise.all(
      Array.from({ length: 50 }, (_, i) => add({ organisationId: organisations[i % 5] ?? tree.customer })),
    );
    const count = async (some: string[]) => {
      const statements = await countStatements(() => costs(some));
      return statements.filter((statement) => /"machine"|price_list|"rate"|volume_tier/.test(statement)).length;
    };
    const one = await count(ids.slice(0, 1));
    expect(one).toBe(4);
    expect(await count(ids)).toBe(one);
  });
});
