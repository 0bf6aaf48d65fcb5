import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { proveStorms } from "../testing/storm-laws.js";

let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph(), testTree().source);
});
afterAll(() => billing.stop());

it("a hundred storms of a thousand operations each leave the books as they must be", () =>
  proveStorms(billing, { runs: 100, wishes: 1_000, writers: 32, killEvery: 40 }));
