import { randomUUID } from "node:crypto";
import type { TestSubgraph } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Forest } from "../testing/forest.js";

let forest: Forest;

beforeAll(async () => {
  forest = await Forest.start(inject("postgresUrl"));
});

afterAll(() => forest.stop());

interface Place {
  organisation_id: string;
  parent_id: string | null;
  path: string;
  kind: string;
  status: string;
  version: string;
}

const placesOf = ({ subgraph }: TestSubgraph) =>
  subgraph.database.system(
    "test",
    (tx) => tx.sql<Place[]>`
      select organisation_id, parent_id, path, kind, status, version::text from tenancy order by organisation_id`,
  );

interface Node extends Place {
  depth: number;
  own_status: string;
  tree_parent: string | null;
}

const nodesOf = () =>
  forest.organisations.subgraph.database.system(
    "test",
    (tx) => tx.sql<Node[]>`
      select t.organisation_id, t.parent_id, t.path, t.kind, t.status, t.version::text, o.depth::int, o.own_status,
          o.parent_id as tree_parent
        from tenancy t join organisation o using (organisation_id) order by t.path collate "C"`,
  );

const effective = (own: string, above: string): string => {
  if (own === "CLOSED") return "CLOSED";
  return own === "SUSPENDED" || above !== "ACTIVE" ? "SUSPENDED" : "ACTIVE";
};

/** The laws of the tree, read from its rows. */
const expectLaws = (nodes: readonly Node[]): void => {
  const byId = new Map(nodes.map((node) => [node.organisation_id, node]));
  for (const node of nodes) {
    expect(node.tree_parent).toBe(node.parent_id);
    const parent = node.parent_id === null ? null : byId.get(node.parent_id);
    expect(parent).not.toBeUndefined();
    expect(node.path).toBe(`${parent?.path ?? "/"}${node.organisation_id}/`);
    expect(node.depth).toBe(parent ? parent.depth + 1 : 0);
    expect(node.depth).toBeLessThanOrEqual(8);
    expect(parent?.kind).not.toBe("CUSTOMER");
    expect(node.status).toBe(effective(node.own_status, parent?.status ?? "ACTIVE"));
    if (parent?.status === "CLOSED") expect(node.status).toBe("CLOSED");
  }
};

/** One step; who is meant is said by numbers, of whatever is in the tree by then. */
const step = fc.record({
  what: fc.constantFrom("create", "create", "create", "move", "move", "suspend", "reactivate", "close"),
  who: fc.nat(),
  where: fc.nat(),
  kind: fc.constantFrom("RESELLER", "RESELLER", "CUSTOMER"),
  isCleared: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const EXPECTED = new Set(["Organisation", "ConflictProblem", "InvalidInputProblem", "ForbiddenProblem"]);

const take = async ({ what, who, where, kind, isCleared }: Step): Promise<void> => {
  const all = await placesOf(forest.organisations);
  const pick = (index: number) => all[index % all.length]?.organisation_id ?? forest.operator;
  const [organisationId, other] = [pick(who), pick(where)];
  const idempotencyKey = randomUUID();
  forest.verdict = () => (isCleared ? null : "Its wallet holds R 5,00.");
  const taken = {
    create: () => forest.change("createOrganisation", { parentId: organisationId, name: "New", kind, idempotencyKey }),
    move: () => forest.change("moveOrganisation", { organisationId, newParentId: other, idempotencyKey }),
    suspend: () => forest.change("suspendOrganisation", { organisationId, reason: "Unpaid" }),
    reactivate: () => forest.change("reactivateOrganisation", { organisationId }),
    close: () => forest.change("closeOrganisation", { organisationId, reason: "It has gone", idempotencyKey }),
  };
  const { answer } = await taken[what]();
  expect(EXPECTED).toContain(answer?.["__typename"]);
};

describe("whatever is done to the tree", () => {
  it("keeps paths, depths, kinds and statuses in order, there and in every subgraph that follows it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 24 }), async (steps) => {
        for (const next of steps) await take(next);
        expectLaws(await nodesOf());
        await forest.organisations.subgraph.delivered();
        expect(await placesOf(forest.follower)).toEqual(await placesOf(forest.organisations));
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 120_000);
});

describe("two moves that would make a circle together", () => {
  it("come one after the other, so that the second is refused", async () => {
    const add = () => forest.add({ parentId: forest.operator, kind: "RESELLER" });
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await add(), await add()];
      const move = (organisationId: string, newParentId: string) =>
        forest.change("moveOrganisation", { organisationId, newParentId, idempotencyKey: randomUUID() });
      const moves = await Promise.all([move(one, other), move(other, one)]);
      const answers = moves.map(({ answer }) => answer?.["__typename"]).sort();
      expect(answers).toEqual(["InvalidInputProblem", "Organisation"]);
    }
    expectLaws(await nodesOf());
  });

  it("and organisations made meanwhile stand where their parent stands in the end", async () => {
    const [from, to] = [
      await forest.add({ parentId: forest.operator, kind: "RESELLER" }),
      await forest.add({ parentId: forest.operator, kind: "RESELLER" }),
    ];
    const branch = await forest.add({ parentId: from, kind: "RESELLER" });
    const create = (name: string) =>
      forest.change("createOrganisation", { parentId: branch, name, kind: "CUSTOMER", idempotencyKey: randomUUID() });
    const move = { organisationId: branch, newParentId: to, idempotencyKey: randomUUID() };
    await Promise.all([create("One"), forest.change("moveOrganisation", move), create("Two"), create("Three")]);
    expectLaws(await nodesOf());
  });
});
