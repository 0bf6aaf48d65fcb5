import { randomUUID } from "node:crypto";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { vmChanged } from "../testing/arrange.js";

const tree = testTree();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph(), tree.source);
});
afterAll(() => billing.stop());

const add = async (organisationId: string): Promise<string> => {
  const event = vmChanged({ organisationId });
  await billing.subgraph.inbox.receive(event);
  return event.vmId;
};

const manager = (org: string, permissions = ["wallet:configure", "wallet:read"]) => requestCaller({ org, permissions });

interface Answer {
  __typename: string;
  vms?: { id: string; stopRank: number | null }[];
  fields?: { reason: string }[];
}

const rank = async (vmIds: string[], as = manager(tree.customer), organisationId?: string): Promise<Answer> => {
  const document = `mutation ($input: RankVmsInput!) { rankVms(input: $input) { __typename
    ... on RankedVms { vms { id stopRank } } ... on InvalidInputProblem { fields { reason } } } }`;
  const { data, errors } = await billing.execute(document, { input: { vmIds, organisationId } }, as);
  if (errors) throw new Error(String(errors[0]?.extensions?.["code"]));
  return (data as { rankVms: Answer }).rankVms; // as asked for
};

it("machines are ranked by their organisation or one above; each ranking takes the place of the one before", async () => {
  const [a = "", b = "", c = ""] = await Promise.all([1, 2, 3].map(() => add(tree.customer)));
  const ranked = (ids: string[]) => ({
    __typename: "RankedVms",
    vms: ids.map((id, nth) => ({ id, stopRank: nth + 1 })),
  });
  expect(await rank([b, a])).toEqual(ranked([b, a]));
  expect(await rank([c, b], manager(tree.reseller), tree.customer)).toEqual(ranked([c, b]));
  expect(await rank([])).toEqual(ranked([]));
});

it("machines of others are unknown, whichever way they are named, and nothing changes", async () => {
  const own = await add(tree.sibling);
  expect((await rank([own], manager(tree.sibling))).__typename).toBe("RankedVms");
  const foreign = await add(tree.otherCustomer);
  const asSibling = manager(tree.sibling);
  for (const ids of [[own, foreign], [randomUUID()], ["none"]]) {
    expect((await rank(ids, asSibling)).__typename).toBe("NotFoundProblem");
  }
  for (const organisationId of [tree.otherCustomer, tree.reseller]) {
    expect((await rank([], asSibling, organisationId)).__typename).toBe("NotFoundProblem");
  }
  // One of a customer's is no machine of the reseller's own.
  expect((await rank([own], manager(tree.reseller))).__typename).toBe("NotFoundProblem");
  const document = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Vm { stopRank } } }";
  const r = [own, foreign].map((id) => ({ __typename: "Vm", id }));
  const { data } = await billing.execute(document, { r }, asSibling);
  expect(data?.["_entities"]).toEqual([{ stopRank: 1 }, { stopRank: null }]);
});

it("a machine named twice, too many of them, or a missing permission are refused", async () => {
  const id = await add(tree.customer);
  expect((await rank([id, id])).fields).toEqual([{ reason: "DUPLICATE" }]);
  const many = Array.from({ length: 1_001 }, () => randomUUID());
  expect((await rank(many)).fields).toEqual([{ reason: "TOO_MANY" }]);
  await expect(rank([id], manager(tree.customer, ["wallet:read"]))).rejects.toThrow("FORBIDDEN");
});
