import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { Tx } from "../database/database.js";
import type { DeliveredEvent } from "../protocol/event.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { TestSubgraph, testTree } from "../testing/fixtures.js";

const tree = testTree();
let example: TestSubgraph;
/** Texts of the events that were handled at once, also in vain. */
const sets: string[][] = [];
/** Before a set is done. */
let meanwhile: (texts: readonly string[]) => Promise<void> | void = () => undefined;

const textOf = ({ payload }: DeliveredEvent): string => String(payload);

/** Notes the texts of its events. */
const together = async (tx: Tx, events: readonly DeliveredEvent[]): Promise<void> => {
  const texts = events.map(textOf);
  sets.push(texts);
  await tx.sql`insert into note (organisation_id, text) select ${tree.customer}, t from unnest(${texts}::text[]) t`;
  await meanwhile(texts);
};

beforeAll(async () => {
  const definition = exampleSubgraph({ handlers: { "test.noted": { together } } });
  example = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source);
});
afterAll(() => example.stop());
beforeEach(() => {
  sets.length = 0;
  meanwhile = () => undefined;
});

const eventOf = (text: string): DeliveredEvent => ({
  ...{ id: randomUUID(), type: "test.noted", aggregateId: randomUUID(), aggregateVersion: 1n, organisationId: null },
  ...{ occurredAt: new Date(), payload: text, sealed: null },
});

const receive = (event: DeliveredEvent) => example.subgraph.inbox.receive(event);

/** Delivers the first, and the others while it is under way. */
const receiveBehind = async (first: DeliveredEvent, others: readonly DeliveredEvent[]) => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const { promise: open, resolve: go } = Promise.withResolvers<void>();
  const after = meanwhile;
  meanwhile = async () => {
    meanwhile = after;
    arrive();
    await open;
  };
  const all = [receive(first)];
  await arrived;
  all.push(...others.map(receive));
  go();
  return Promise.allSettled(all);
};

const noted = async (): Promise<string[]> => {
  const rows = await example.subgraph.database.system(
    "test",
    (tx) => tx.sql<{ text: string }[]>`select text from note where text = any(${sets.flat()}) order by text`,
  );
  return rows.map(({ text }) => text);
};

describe("events for a handler that takes many", () => {
  it("go together where they come while another is under way, each once however often it comes", async () => {
    const [first, ...others] = ["a", "b", "c", "d"].map(eventOf);
    if (!first) throw new Error("no event");
    const results = await receiveBehind(first, [...others, ...others]);
    expect(results.map(({ status }) => status)).toEqual(Array(7).fill("fulfilled"));
    await Promise.all([first, ...others].map(receive));
    expect(sets).toEqual([["a"], ["b", "c", "d"]]);
    expect(await noted()).toEqual(["a", "b", "c", "d"]);
  });

  it("stop no other where one of them fails, which comes again", async () => {
    const events = ["e", "f", "g", "h"].map(eventOf);
    const [first, bad, ...others] = events;
    if (!first || !bad) throw new Error("no event");
    meanwhile = (texts) => {
      if (texts.includes("f")) throw new Error("a bad moment");
    };
    const results = await receiveBehind(first, [bad, ...others]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(sets).toEqual([["e"], ["f", "g", "h"], ["f"], ["g"], ["h"]]);
    expect(await noted()).toEqual(["e", "g", "h"]);
    meanwhile = () => undefined;
    await Promise.all(events.map(receive));
    expect(await noted()).toEqual(["e", "f", "g", "h"]);
  });
});
