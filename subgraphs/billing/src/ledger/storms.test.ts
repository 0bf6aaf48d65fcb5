import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { proveStorms } from "../testing/storm-laws.js";

let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph(), testTree().source);
});
afterAll(() => billing.stop());

it("32 writers, connections killed at random: what was answered is there once, all else is not", async () => {
  await proveStorms(billing, { runs: 2, wishes: 150, writers: 32, killEvery: 20 });
}, 60_000);
