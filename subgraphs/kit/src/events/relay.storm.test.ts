import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { DeliveredEvent, EventSink } from "../protocol/event.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { TestSubgraph, testTree, until } from "../testing/fixtures.js";
import { emit } from "./outbox.js";
import { Relay } from "./relay.js";

const AGGREGATES = 40;
const EVENTS = 8_000;
const WRITERS = 8;

let example: TestSubgraph;
const applied: { aggregate: string; number: number }[] = [];
/** Events that were taken at once. */
let most = 0;

beforeAll(async () => {
  // Fails now and then, before its transaction commits: it must come again, and everything behind it must wait.
  const together = async (_tx: unknown, events: readonly DeliveredEvent[]) => {
    if (events.some(() => Math.random() < 0.02)) throw new Error("a bad moment");
    most = Math.max(most, events.length);
    for (const { aggregateId: aggregate, payload } of events) applied.push({ aggregate, number: Number(payload) });
  };
  const alone = (tx: unknown, event: DeliveredEvent) => together(tx, [event]);
  const handlers = { "storm.happened": alone, "storm.gathered": { together } };
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph({ handlers }), testTree().source);
});
afterAll(() => example.stop());

describe("a storm of events", () => {
  it("reaches its consumer once and in order per aggregate, with relays that come and go", async () => {
    const { database, inbox } = example.subgraph;
    const sink: EventSink = inbox;
    const aggregates = Array.from({ length: AGGREGATES }, (): string => randomUUID());
    const numbers = new Map(aggregates.map((aggregate) => [aggregate, 0]));
    let left = EVENTS;
    const write = async () => {
      while (left > 0) {
        left -= 1;
        const aggregateId = aggregates[Math.floor(Math.random() * AGGREGATES)] ?? "";
        await database.system("storm", async (tx) => {
          const type = aggregates.indexOf(aggregateId) % 2 === 0 ? "storm.happened" : "storm.gathered";
          const version = await emit(tx, { type, aggregateId, organisationId: null, payload: null });
          numbers.set(aggregateId, Math.max(numbers.get(aggregateId) ?? 0, Number(version)));
          await tx.sql`update outbox set payload = to_jsonb(${Number(version)}::int)
            where aggregate_id = ${aggregateId} and aggregate_version = ${version}`;
        });
      }
    };
    const comeAndGo = async () => {
      while (left > 0) {
        const relay = new Relay("example", database, [sink], () => undefined, pino({ level: "silent" }));
        relay.start();
        await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200));
        await relay.stop();
      }
    };
    await Promise.all([...Array.from({ length: WRITERS }, write), comeAndGo(), comeAndGo()]);
    await until(async () => {
      await database.system(
        "storm",
        (tx) => tx.sql`update outbox set next_attempt_at = now() where delivered_at is null`,
      );
      const [row] = await database.system(
        "storm",
        (tx) => tx.sql`select 1 from outbox where delivered_at is null limit 1`,
      );
      return row === undefined;
    }, 120_000);
    expect(most).toBeGreaterThan(1);
    for (const aggregate of aggregates) {
      const seen = applied.filter((event) => event.aggregate === aggregate).map((event) => event.number);
      expect(seen).toEqual(Array.from({ length: numbers.get(aggregate) ?? 0 }, (_, index) => index + 1));
    }
  }, 300_000);
});
