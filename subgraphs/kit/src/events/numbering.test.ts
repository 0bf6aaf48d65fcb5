import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { exampleSubgraph } from "../testing/example/example.js";
import { TestSubgraph, testTree, until } from "../testing/fixtures.js";
import { emit } from "./outbox.js";

const tree = testTree();
let example: TestSubgraph;

beforeAll(async () => {
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), tree.source);
});

afterAll(() => example.stop());

it("numbers the events of a live topic without gaps, each aggregate's in their order", async () => {
  const { database } = example.subgraph;
  const aggregates = Array.from({ length: 20 }, () => randomUUID());
  // Among many events delivered long ago, as in a running system: the plan of the numbering depends on it.
  await database.system("tests", async (tx) => {
    for (let turn = 0; turn < 20; turn += 1) {
      for (const aggregateId of aggregates) {
        await emit(tx, {
          type: "numbering.tested",
          aggregateId,
          organisationId: tree.customer,
          payload: turn,
          topic: "numbering",
        });
      }
    }
  });
  example.subgraph.wakeRelay();
  const events = () =>
    database.system(
      "tests",
      (tx) => tx.sql<{ aggregate: string; version: bigint; seq: bigint | null }[]>`
        select aggregate_id as aggregate, aggregate_version as version, stream_seq as seq from outbox
         where topic = 'numbering' order by aggregate_id, aggregate_version`,
    );
  await until(async () => (await events()).every(({ seq }) => seq !== null));
  const numbered = await events();
  const numbers = numbered.map(({ seq }) => Number(seq));
  expect(numbered.length).toBe(400);
  expect(Math.max(...numbers) - Math.min(...numbers)).toBe(399);
  for (const rows of Map.groupBy(numbered, ({ aggregate }) => aggregate).values()) {
    const own = rows.map(({ seq }) => Number(seq));
    expect(own).toEqual([...own].sort((a, b) => a - b));
  }
});
