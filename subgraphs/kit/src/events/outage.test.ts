import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type DeliveredEvent, type EventSink, SinkUnavailable } from "../protocol/event.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { TestSubgraph, testTree, until } from "../testing/fixtures.js";
import { emit } from "./outbox.js";

const tree = testTree();
let isAway = false;
/** Once, for an event with this payload. */
let missesOnce: unknown = null;
const got = { steady: [] as unknown[], leaving: [] as unknown[] };
let example: TestSubgraph;

/** More than can be tried again within the pause between two tries. */
const CROWD = 500;

/** `steady` takes what is for both and what is its own; `leaving` the same, while it is there. */
const sinkOf = (name: "steady" | "leaving"): EventSink => ({
  name,
  accepts: (type) => type === "test.forBoth" || type === `test.for-${name}`,
  receive: async (event: DeliveredEvent) => {
    if (name === "leaving" && isAway) throw new SinkUnavailable("nobody is there");
    if (name === "leaving" && event.payload === missesOnce) {
      missesOnce = null;
      throw new SinkUnavailable("it was away for a moment");
    }
    got[name].push(event.payload);
  },
});

beforeAll(async () => {
  const sinks = [sinkOf("steady"), sinkOf("leaving")];
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), tree.source, sinks);
});
afterAll(() => example.stop());
beforeEach(() => {
  isAway = false;
  got.steady.length = 0;
  got.leaving.length = 0;
});

const send = async (type: string, aggregateId: string, payload: unknown, topic: string | null = null) => {
  await example.subgraph.database.system("test", (tx) =>
    emit(tx, { type, aggregateId, organisationId: tree.customer, payload, topic }),
  );
  example.subgraph.wakeRelay();
};

const outbox = (aggregateId: string) =>
  example.subgraph.database.system(
    "test",
    (tx) => tx.sql<{ attempts: number; parked: boolean; delivered: boolean; seq: bigint | null }[]>`
      select attempts, parked_at is not null as parked, delivered_at is not null as delivered, stream_seq as seq
        from outbox where aggregate_id = ${aggregateId} order by aggregate_version`,
  );

describe("a consumer that is away", () => {
  it("keeps nothing from the others, also of one aggregate, and gets everything in order when it is back", async () => {
    isAway = true;
    const aggregate = randomUUID();
    await send("test.forBoth", aggregate, 1);
    await send("test.for-steady", aggregate, 2);
    await send("test.forBoth", aggregate, 3);
    await send("test.for-leaving", aggregate, 4);
    await until(() => got.steady.length === 3);
    expect(got.steady).toEqual([1, 2, 3]);
    await until(async () => (await outbox(aggregate)).filter(({ delivered }) => delivered).length === 1);
    isAway = false;
    await until(() => got.leaving.length === 3);
    expect(got.leaving).toEqual([1, 3, 4]);
    // What it had already did not come again.
    expect(got.steady).toEqual([1, 2, 3]);
    await until(async () => (await outbox(aggregate)).every(({ delivered }) => delivered));
  });

  it("gets nothing before what it has missed, also when it is back at once", async () => {
    missesOnce = "first";
    const aggregate = randomUUID();
    await example.subgraph.database.system("test", async (tx) => {
      for (const payload of ["first", "second"])
        await emit(tx, { type: "test.forBoth", aggregateId: aggregate, organisationId: null, payload });
    });
    example.subgraph.wakeRelay();
    await until(() => got.leaving.length === 2);
    expect(got.leaving).toEqual(["first", "second"]);
    expect(got.steady).toEqual(["first", "second"]);
  });

  it("makes nobody give an event up, however often it is tried", async () => {
    isAway = true;
    const aggregate = randomUUID();
    await send("test.forBoth", aggregate, "kept");
    for (let turn = 0; turn < 15; turn += 1) {
      await until(async () => {
        const [row] = await example.subgraph.database.system(
          "test",
          (tx) => tx.sql`select 1 from outbox where aggregate_id = ${aggregate} and next_attempt_at > now()`,
        );
        return row !== undefined;
      });
      await example.subgraph.database.system(
        "test",
        (tx) => tx.sql`update outbox set next_attempt_at = now() where aggregate_id = ${aggregate}`,
      );
      example.subgraph.wakeRelay();
    }
    expect(await outbox(aggregate)).toMatchObject([{ attempts: 0, parked: false, delivered: false }]);
    isAway = false;
    await until(() => got.leaving.includes("kept"));
  });

  it("does not hold live streams back", async () => {
    isAway = true;
    const aggregate = randomUUID();
    await send("test.forBoth", aggregate, "a", "live");
    await send("test.forBoth", aggregate, "b", "live");
    await until(async () => (await outbox(aggregate)).every(({ seq }) => seq !== null));
    const [first, second] = await outbox(aggregate);
    expect(first?.delivered).toBe(false);
    expect(Number(second?.seq)).toBeGreaterThan(Number(first?.seq));
    isAway = false;
    await until(async () => (await outbox(aggregate)).every(({ delivered }) => delivered));
    expect((await outbox(aggregate)).map(({ seq }) => seq)).toEqual([first?.seq, second?.seq]);
  });

  it("has a crowd waiting for it that stands before nobody", async () => {
    isAway = true;
    await example.subgraph.database.system("test", async (tx) => {
      for (let number = 0; number < CROWD; number += 1)
        await emit(tx, { type: "test.for-leaving", aggregateId: randomUUID(), organisationId: null, payload: number });
    });
    await send("test.for-steady", randomUUID(), "free");
    await until(() => got.steady.includes("free"));
    isAway = false;
    await until(() => got.leaving.length === CROWD, 60_000);
  }, 90_000);
});
