import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { AuditRecord } from "../audit/audit.js";
import type { DeliveredEvent } from "../protocol/event.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { ADD, member, NOTES, root } from "../testing/example/notes.js";
import { requestCaller, TestSubgraph, testTree, until } from "../testing/fixtures.js";

const tree = testTree();
const received: DeliveredEvent[] = [];
let example: TestSubgraph;

beforeAll(async () => {
  const sink = {
    name: "tests",
    accepts: () => true,
    receive: async (event: DeliveredEvent) => void received.push(event),
  };
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), tree.source, [sink]);
});

afterAll(() => example.stop());

describe("a subgraph that is asked by all who share a live subscription", () => {
  const shared = (org: string, permissions: readonly string[]) =>
    requestCaller(null, { scope: { org, kind: "CUSTOMER", permissions } });
  const ENTITY = "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Note { text author } } }";

  it("tells them of events, and joins entities of their estate alone", async () => {
    const caller = shared(tree.customer, ["note:read"]);
    const live = example.subscribe("subscription { noteAdded { text } }", {}, caller);
    const first = live.next();
    await until(async () => {
      await example.execute(ADD, { text: "for all" }, member(tree.customer));
      return Promise.race([first.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
    });
    expect((await first).value?.data).toEqual({ noteAdded: { text: "for all" } });
    await live.return?.();
    const added = await example.execute(ADD, { text: "far" }, member(tree.otherCustomer));
    const { id } = root<{ id: string }>(added.data, "addNote");
    const joined = await example.execute(
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Note { text } } }",
      { r: [{ __typename: "Note", id }] },
      caller,
    );
    expect(joined).toEqual({ data: { _entities: [null] } });
  });

  it("still asks for the permission, and leaves the record of refusals to those who ask for themselves", async () => {
    const before = received.length;
    const events = example.subscribe("subscription { noteAdded { text } }", {}, shared(tree.customer, []));
    expect((await events.next()).value.errors[0].extensions).toMatchObject({ code: "FORBIDDEN" });
    await example.subgraph.settled();
    await example.subgraph.delivered();
    const refused = received.slice(before).filter((event) => (event.payload as AuditRecord).outcome === "REFUSED");
    expect(refused).toEqual([]);
  });

  it("answers nothing else: no query of its own, no change", async () => {
    const caller = shared(tree.customer, ["note:read", "note:write"]);
    for (const [document, variables] of [
      [NOTES],
      [ADD, { text: "x" }],
      ["{ _entities(representations: []) { __typename } notes { id } }"],
    ] as const) {
      const { errors } = await example.execute(document, variables ?? {}, caller);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    }
  });

  it("says so when a field wants to know the person, and answers nobody's", async () => {
    const added = await example.execute(ADD, { text: "mine" }, member(tree.customer));
    const { id } = root<{ id: string }>(added.data, "addNote");
    const r = [{ __typename: "Note", id }];
    const { data, errors, extensions } = await example.execute(ENTITY, { r }, shared(tree.customer, ["note:read"]));
    expect(data).toEqual({ _entities: [{ text: "mine", author: null }] });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INTERNAL" });
    expect(extensions).toEqual({ perPerson: true });
    const person = member(tree.customer);
    const own = await example.execute(ENTITY, { r }, person);
    expect(own.data).toEqual({ _entities: [{ text: "mine", author: person.claims?.sub }] });
  });
});
