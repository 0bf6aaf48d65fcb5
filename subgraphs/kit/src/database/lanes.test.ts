import { AsyncLocalStorage } from "node:async_hooks";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { callerOf } from "../caller/caller.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { requestCaller, TestSubgraph, testTree } from "../testing/fixtures.js";
import type { Database, Together, Tx } from "./database.js";

const tree = testTree();
let example: TestSubgraph;
let database: Database;

beforeAll(async () => {
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), tree.source);
  ({ database } = example.subgraph);
});
afterAll(() => example.stop());
beforeEach(() => database.system("tests", (tx) => tx.sql`delete from note`));

const callerFrom = (org: string) => callerOf(requestCaller({ org }, { deadline: Date.now() + 120_000 }));
const customer = () => callerFrom(tree.customer);

const write = (text: string, work: (tx: Tx) => Promise<unknown> = async () => undefined, caller = customer()) =>
  database.write(
    caller,
    async (tx) => {
      await tx.sql`insert into note (organisation_id, text) values (${tree.customer}, ${text})`;
      await work(tx);
      const [row] = await tx.sql<{ xid: string }[]>`select pg_current_xact_id()::text as xid`;
      return row?.xid;
    },
    "lane",
  );

/** Texts that are committed, as somebody else sees them. */
const texts = async () => {
  const rows = await database.system("tests", (tx) => tx.sql<{ text: string }[]>`select text from note order by text`);
  return rows.map(({ text }) => text);
};

const asAdministrator = async (statements: string): Promise<void> => {
  const sql = postgres(example.databaseUrl, { max: 1, connection: { search_path: "example" } });
  try {
    await sql.unsafe(statements);
  } finally {
    await sql.end();
  }
};

/** Somebody who is under way in the lane until he is let go. */
const leader = () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const done = write("leader", async () => {
    begun.resolve();
    await gate.promise;
  });
  return { done, begun: begun.promise, go: gate.resolve };
};

it("lets one go at once, and those who come meanwhile together, each with an outcome of its own", async () => {
  const first = leader();
  await first.begun;
  const fails = (tx: Tx) => tx.sql`select 1 / 0`;
  const refuses = async () => {
    throw new Error("refused");
  };
  const others = [write("a"), write("b", fails), write("c"), write("d", refuses), write("e")];
  first.go();
  const settled = await Promise.allSettled([first.done, ...others]);
  expect(settled.map(({ status }) => status)).toEqual([
    ...["fulfilled", "fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"],
  ]);
  expect(await texts()).toEqual(["a", "c", "e", "leader"]);
});

it("shares one transaction, answers after its commit alone, and shows nobody what is not committed", async () => {
  const first = leader();
  await first.begun;
  let seen: string[] = [];
  const later = [
    write("a"),
    write("b", async () => {
      seen = await texts();
    }),
  ];
  first.go();
  await first.done;
  expect(await Promise.all(later)).toHaveLength(2);
  expect(seen).toEqual(["leader"]);
  expect(await texts()).toEqual(["a", "b", "leader"]);
});

it("enters as each caller anew, in the context that it came from", async () => {
  const storage = new AsyncLocalStorage<string>();
  const first = leader();
  await first.begun;
  const see = (name: string, caller = customer()) =>
    storage.run(name, () =>
      database.write(
        caller,
        async (tx) => [storage.getStore(), (await tx.sql`select 1 from note where text = 'known'`).length],
        "lane",
      ),
    );
  await database.system(
    "tests",
    (tx) => tx.sql`insert into note (organisation_id, text)
    values (${tree.customer}, 'known')`,
  );
  const asked = [see("own"), see("foreign", callerFrom(tree.otherReseller)), see("own again")];
  first.go();
  expect(await Promise.all(asked)).toEqual([
    ["own", 1],
    ["foreign", 0],
    ["own again", 1],
  ]);
  await first.done;
});

it("lets each go alone where the commit is refused, and no other falls with it", async () => {
  await asAdministrator(`
    create function refuse() returns trigger language plpgsql as 'begin raise exception ''refused at the end''; end';
    create constraint trigger refused after insert on note deferrable initially deferred
      for each row when (new.text = 'b') execute function refuse()`);
  const first = leader();
  await first.begun;
  const others = [write("a"), write("b"), write("c")];
  first.go();
  const settled = await Promise.allSettled(others);
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await first.done;
  await asAdministrator("drop trigger refused on note; drop function refuse");
  expect(await texts()).toEqual(["a", "c", "leader"]);
});

it("tells everybody whose connection was lost, and goes on with the next", async () => {
  const first = leader();
  await first.begun;
  const kill = (tx: Tx) => tx.sql`select pg_terminate_backend(pg_backend_pid())`;
  const lost = [write("a"), write("b", kill), write("c")];
  first.go();
  const settled = await Promise.allSettled(lost);
  expect(settled.map((one) => (one.status === "rejected" ? one.reason.code : one.status))).toEqual([
    ...["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
  ]);
  await first.done;
  await write("afterwards");
  expect(await texts()).toEqual(["afterwards", "leader"]);
});

it("takes everybody once, however many come", async () => {
  const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
  const transactions = await Promise.all(names.map((name) => write(name)));
  expect(await texts()).toEqual([...names].sort());
  expect(new Set(transactions).size).toBeLessThan(names.length);
});

/** Notes all that are wished for with one statement; refuses what begins with "no". */
const noteAll: Together<string, string> = async (tx, asked) => {
  const wishes = asked.map(({ wish }) => wish);
  const good = wishes.filter((wish) => !wish.startsWith("no"));
  if (good.some((wish) => wish.startsWith("break"))) await tx.sql`select 1 / 0`;
  await tx.sql`insert into note (organisation_id, text) select ${tree.customer}, t from unnest(${good}::text[]) t`;
  const [row] = await tx.sql<{ xid: string }[]>`select pg_current_xact_id()::text as xid`;
  return wishes.map((wish) => (good.includes(wish) ? (row?.xid ?? "") : new Error(`refused: ${wish}`)));
};
const wish = (text: string, caller = customer()) => database.writeTogether(caller, "lane", noteAll, text);
const outcomes = async (all: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(all)).map((one) => (one.status === "fulfilled" ? "done" : String(one.reason.message)));

it("fulfils the wishes of those who see the same in one transaction, and refuses one alone", async () => {
  const first = leader();
  await first.begun;
  const [a, b, no, other] = [wish("a"), wish("b"), wish("no"), wish("c", callerFrom(tree.reseller))];
  first.go();
  expect(await outcomes([a, b, no, other])).toEqual(["done", "done", "refused: no", "done"]);
  expect(await a).toBe(await b);
  expect(await other).not.toBe(await a);
  expect(await texts()).toEqual(["a", "b", "c", "leader"]);
});

it("fulfils each wish alone where all together came to nothing", async () => {
  const first = leader();
  await first.begun;
  const all = [wish("a"), wish("break"), wish("b")];
  first.go();
  expect(await outcomes(all)).toEqual(["done", "division by zero", "done"]);
  expect(await texts()).toEqual(["a", "b", "leader"]);
});

it("takes wishes and works of one lane in turns, each once", async () => {
  const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
  const all = names.map((name, index) => (index % 3 === 0 ? write(name) : wish(name)));
  expect(new Set(await outcomes(all))).toEqual(new Set(["done"]));
  expect(await texts()).toEqual([...names].sort());
  expect(await outcomes([wish("no"), wish("z")])).toEqual(["refused: no", "done"]);
});
