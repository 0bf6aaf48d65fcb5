import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { AUDIT_EVENT, type AuditRecord } from "../audit/audit.js";
import { countStatements } from "../database/statement-watch.js";
import { emit } from "../events/outbox.js";
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

describe("a subgraph of the kit", () => {
  it("shows a caller its own estate and nothing else", async () => {
    await example.execute(ADD, { text: "of the customer" }, member(tree.customer));
    await example.execute(ADD, { text: "of the other" }, member(tree.otherCustomer));
    const texts = async (org: string) => {
      const { data } = await example.execute(NOTES, {}, member(org));
      return root<{ text: string }[]>(data, "notes").map((row) => row.text);
    };
    expect(await texts(tree.customer)).toEqual(["of the customer"]);
    expect(await texts(tree.reseller)).toEqual(["of the customer"]);
    expect(await texts(tree.sibling)).toEqual([]);
    expect(await texts(tree.operator)).toEqual(["of the other", "of the customer"]);
  });

  it("answers NOT_FOUND to a foreign id, as to an unknown one, and records it", async () => {
    const added = await example.execute(ADD, { text: "secret" }, member(tree.otherCustomer));
    const { id } = root<{ id: string }>(added.data, "addNote");
    const caller = member(tree.customer);
    const { data, errors } = await example.execute("query ($id: ID!) { note(id: $id) { text } }", { id }, caller);
    expect(data).toEqual({ note: null });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "NOT_FOUND", id });
    await until(() =>
      received.some(
        (event) =>
          event.type === AUDIT_EVENT &&
          (event.payload as AuditRecord).resourceId === id &&
          (event.payload as AuditRecord).outcome === "REFUSED",
      ),
    );
    const byEntity = await example.execute(
      "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Note { text } } }",
      { r: [{ __typename: "Note", id }] },
      caller,
    );
    expect(byEntity.data).toEqual({ _entities: [null] });
  });

  it("refuses a mutation on a foreign organisation as a problem, and one that RLS alone would see", async () => {
    const { data } = await example.execute(ADD, { text: "x", org: tree.otherCustomer }, member(tree.customer));
    expect(data?.["addNote"]).toMatchObject({ __typename: "NotFoundProblem", code: "NOT_FOUND" });
    const direct = example.subgraph.database.write(
      {
        ...requestless(),
        kind: "USER",
        userId: tree.customer,
        sessionId: tree.customer,
        organisationId: tree.customer,
        permissions: new Set(),
      },
      (tx) => tx.sql`insert into note (organisation_id, text) values (${tree.otherCustomer}, 'x')`,
    );
    await expect(direct).rejects.toThrow(/row-level security/);
  });

  it("asks for the permission that the schema names, and for a caller at all", async () => {
    const none = await example.execute(NOTES, {}, member(tree.customer, []));
    expect(none.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", permission: "note:read" });
    const nobody = await example.execute(NOTES, {}, requestCaller(null));
    expect(nobody.errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("narrows to an organisation of the estate and refuses one outside", async () => {
    const permissions = ["note:read"];
    const inside = requestCaller({ org: tree.reseller, permissions }, { narrowedOrganisationId: tree.sibling });
    expect((await example.execute(NOTES, {}, inside)).data).toEqual({ notes: [] });
    const outside = requestCaller({ org: tree.reseller, permissions }, { narrowedOrganisationId: tree.otherCustomer });
    expect((await example.execute(NOTES, {}, outside)).errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
  });

  it("lets a suspended organisation read but not write, as soon as the tree says so", async () => {
    const change = tree.setStatus(tree.sibling, "SUSPENDED");
    const caller = { ...member(tree.sibling), minimumTenancyVersion: change.version };
    expect((await example.execute(NOTES, {}, caller)).errors).toBeUndefined();
    const { data } = await example.execute(ADD, { text: "x" }, caller);
    expect(data?.["addNote"]).toMatchObject({ __typename: "ForbiddenProblem", code: "FORBIDDEN" });
  });

  it("hides what is unexpected behind a request id", async () => {
    const caller = member(tree.customer);
    const { errors } = await example.execute("{ broken }", {}, caller);
    expect(errors?.[0]).toMatchObject({
      message: "Something went wrong.",
      extensions: { code: "INTERNAL", requestId: caller.requestId },
    });
    expect(JSON.stringify(errors)).not.toContain("secret_table");
  });

  it("delivers events of one aggregate in order, after the commit", async () => {
    const organisation = tree.otherReseller;
    for (let i = 0; i < 5; i += 1) await example.execute(ADD, { text: `note ${i}` }, member(organisation));
    const texts = () =>
      received
        .filter((e) => e.type === "note.added" && e.aggregateId === organisation)
        .map((e) => (e.payload as { text: string }).text);
    await until(() => texts().length === 5);
    expect(texts()).toEqual(["note 0", "note 1", "note 2", "note 3", "note 4"]);
  });

  it("streams live events and replays from a cursor what was missed, each once", async () => {
    const LIVE = "subscription ($after: String) { noteAdded(after: $after) { cursor text } }";
    const caller = member(tree.customer);
    type Event = { data: { noteAdded: { cursor: string; text: string } } };
    const live = example.subscribe(LIVE, {}, caller);
    const first = live.next();
    await until(async () => (await example.execute(ADD, { text: "one" }, caller)).errors === undefined);
    const one = ((await first).value as Event).data.noteAdded;
    expect(one.text).toBe("one");
    await live.return?.();
    await example.execute(ADD, { text: "two" }, caller);
    await example.execute(ADD, { text: "three" }, caller);
    const resumed = example.subscribe(LIVE, { after: one.cursor }, caller);
    const texts = [
      ((await resumed.next()).value as Event).data.noteAdded.text,
      ((await resumed.next()).value as Event).data.noteAdded.text,
    ];
    expect(texts).toEqual(["two", "three"]);
    await resumed.return?.();
  });

  it("gives a subscriber that reads slowly everything in the end, however far it fell behind", async () => {
    const LIVE = "subscription { noteAdded { text } }";
    const organisation = tree.reseller;
    const live = example.subscribe(LIVE, {}, member(organisation));
    const first = live.next();
    const total = 1_500;
    await example.subgraph.database.system("test", async (tx) => {
      for (let number = 1; number <= total; number += 1) {
        await emit(tx, {
          type: "note.added",
          aggregateId: null,
          organisationId: organisation,
          payload: { text: String(number) },
          topic: `notes:${organisation}`,
        });
      }
    });
    example.subgraph.wakeRelay();
    await first;
    // Nothing is read until all of it has been streamed past the subscriber.
    await example.subgraph.delivered();
    const texts: string[] = [];
    while (texts.length < total - 1) {
      const { value } = await live.next();
      texts.push(root<{ text: string }>(value.data, "noteAdded").text);
    }
    expect(new Set(texts).size).toBe(total - 1);
    await live.return?.();
  });

  it("reads entities with a number of statements that does not grow with their number", async () => {
    const caller = member(tree.customer);
    const { data } = await example.execute(NOTES, {}, caller);
    const ids = root<{ id: string }[]>(data, "notes").map((row) => row.id);
    const ask = (keys: string[]) =>
      countStatements(() =>
        example.execute(
          "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Note { text } } }",
          { r: keys.map((id) => ({ __typename: "Note", id })) },
          caller,
        ),
      );
    expect(ids.length).toBeGreaterThan(2);
    const one = await ask(ids.slice(0, 1));
    const many = await ask(ids);
    const mine = (statements: string[]) => statements.filter((text) => text.includes('"note"')).length;
    expect(mine(one)).toBe(1);
    expect(mine(many)).toBe(1);
  });
});

const requestless = () => ({
  requestId: "-",
  address: "-",
  userAgent: "-",
  locale: null,
  deadline: null,
  narrowedOrganisationId: null,
  minimumTenancyVersion: null,
});
