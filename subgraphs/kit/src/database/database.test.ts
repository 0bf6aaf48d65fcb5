import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { systemCaller } from "../caller/caller.js";
import { emit } from "../events/outbox.js";
import { explainConstraint, faultOfDatabaseError } from "../faults/database-errors.js";
import { Fault, InvalidInputFault } from "../faults/fault.js";
import { createDatabase, TEST_SECRET } from "../testing/databases.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { outbox } from "../testing/example/tables.js";
import { TestSubgraph, testTree } from "../testing/fixtures.js";
import { databaseAddresses } from "./addresses.js";
import { Database, ignoreNotice, outsideTransaction, refuseInTransaction } from "./database.js";
import { lawStatements } from "./laws.js";
import { migrate } from "./migrate.js";
import { provision } from "./provision.js";

const tree = testTree();
let example: TestSubgraph;
let database: Database;

beforeAll(async () => {
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), tree.source);
  database = example.subgraph.database;
});
afterAll(() => example.stop());

const raw = async <T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
  const sql = postgres(url, { max: 1, onnotice: ignoreNotice });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
};

describe("the login role", () => {
  const addresses = () => databaseAddresses("example", example.databaseUrl, null, TEST_SECRET);

  it("sees no customer's row without having entered as somebody", async () => {
    await database.system(
      "test",
      (tx) => tx.sql`insert into note (organisation_id, text) values (${tree.customer}, 'x')`,
    );
    expect(await raw(addresses().login, (sql) => sql`select * from note`)).toHaveLength(0);
    const added = raw(
      addresses().login,
      (sql) => sql`insert into note (organisation_id, text) values (${tree.customer}, 'x')`,
    );
    await expect(added).rejects.toThrow(/row-level security/);
  });

  it("keeps nothing of a caller once its transaction has ended", async () => {
    const seen = await raw(addresses().login, async (sql) => {
      await sql.begin(async (tx) => tx`select enter_system(null)`);
      return sql`select * from note`;
    });
    expect(seen).toHaveLength(0);
  });

  it("owns nothing, makes nothing, and reaches nobody else's schema", async () => {
    const other = databaseAddresses("other", example.databaseUrl, null, TEST_SECRET);
    await provision(other);
    await raw(other.migrator, (sql) => sql`create table other.secret (id int)`);
    for (const statement of [
      "create table example.mine (id int)",
      "create table public.mine (id int)",
      "create schema mine",
      "create temporary table tenancy (organisation_id uuid, path text)",
      "select * from other.secret",
      "alter table note disable row level security",
      "drop policy estate on note",
      "set row_security = off; select * from note",
      "set role example_migrator",
    ]) {
      await expect(
        raw(addresses().login, (sql) => sql.unsafe(statement)),
        statement,
      ).rejects.toThrow();
    }
  });
});

describe("transactions", () => {
  it("of queries cannot write", async () => {
    const caller = systemCaller("test");
    const write = database.read(
      caller,
      (tx) => tx.sql`insert into note (organisation_id, text) values (${tree.customer}, 'x')`,
    );
    await expect(write).rejects.toThrow(/read-only/);
  });

  it("hold no hashing and no network, but what they merely start may go on outside", async () => {
    const inside = database.system("test", async () => refuseInTransaction("hashing"));
    await expect(inside).rejects.toThrow("hashing inside a transaction");
    await database.system("test", async () => outsideTransaction(() => refuseInTransaction("hashing")));
  });

  it("end with the operation's deadline, as UNAVAILABLE", async () => {
    const caller = { ...systemCaller("test"), deadline: Date.now() + 100 };
    await expect(database.write(caller, (tx) => tx.sql`select pg_sleep(10)`)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });

  it("refuse a caller whose organisation is not known yet as UNAVAILABLE, not as bad input", async () => {
    const stranger = {
      ...systemCaller("-"),
      kind: "USER" as const,
      userId: "-",
      sessionId: "-",
      organisationId: randomUUID(),
      permissions: new Set<string>(),
    };
    await expect(database.read(stranger, async () => 1)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("a JSON column", () => {
  it("gives back every kind of value, bare texts and large numbers among them", async () => {
    const values = ["a text", "17", 2n ** 70n, [1, "2"], { at: new Date(0) }, true];
    const ids = values.map(() => randomUUID());
    const stored = await database.system("test", async (tx) => {
      for (const [index, payload] of values.entries()) {
        await emit(tx, { id: ids[index] ?? "", type: "test.stored", aggregateId: null, organisationId: null, payload });
      }
      return tx.db.select({ id: outbox.id, payload: outbox.payload }).from(outbox);
    });
    expect(ids.map((id) => stored.find((row) => row.id === id)?.payload)).toEqual(values);
  });
});

describe("an error of the database", () => {
  it("is told by the one map: input is never an outage, nor an outage input", async () => {
    const attempt = (statement: string) => database.system("test", (tx) => tx.sql.unsafe(statement));
    await expect(attempt("select 'x'::uuid")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(
      attempt(`insert into inbox (event_id, type) values ('${tree.customer}', 'x'), ('${tree.customer}', 'x')`),
    ).rejects.toMatchObject({ code: "CONFLICT" });
    const told = (text: string) => database.system("test", (tx) => tx.sql`select ${text}::text = 'x'`);
    await expect(told("with a \u0000 in it")).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(attempt("select ('{\"a\":\"\\u0000\"}'::jsonb)->>'a'")).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await expect(attempt("select ('9' || repeat('9', 30))::numeric::bigint")).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await expect(attempt("select '0000-01-01T00:00:00Z'::timestamptz")).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    await expect(attempt("select pg_terminate_backend(pg_backend_pid())")).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await expect(attempt("do $$ begin raise sqlstate '53300'; end $$")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(faultOfDatabaseError(await attempt("select * from nowhere").catch((error: unknown) => error))).toBeNull();
    const nobody = new Database("postgres://nobody@127.0.0.1:1/nowhere", { connections: 1, applicationName: "tests" });
    await expect(nobody.ping()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await nobody.close();
  });

  it("on a constraint that the domain explains is told in the domain's words", async () => {
    explainConstraint("inbox_pkey", () => new Fault("INSUFFICIENT_FUNDS", "Too little."));
    const twice = database.system("test", (tx) =>
      tx.sql.unsafe(`insert into inbox (event_id, type) values ('${tree.customer}', 'x'), ('${tree.customer}', 'x')`),
    );
    await expect(twice).rejects.toMatchObject({ code: "INSUFFICIENT_FUNDS" });
    explainConstraint("inbox_pkey", () => InvalidInputFault.of("id", "TAKEN", "Taken."));
  });

  it("leaves the subgraph able to go on after its connections were killed", async () => {
    await raw(
      inject("postgresUrl"),
      (sql) =>
        sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tollgate example%'`,
    );
    await expect
      .poll(() =>
        database.ping().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });
});

describe("migrations", () => {
  it("run once when several processes start at the same moment, and again without effect", async () => {
    const { url, drop } = await createDatabase(inject("postgresUrl"));
    const addresses = databaseAddresses("example", url, null, TEST_SECRET);
    const folder = exampleSubgraph().migrations;
    const start = async () => {
      await provision(addresses);
      await migrate(addresses, folder, {});
    };
    await Promise.all([start(), start(), start()]);
    await start();
    const rows = await raw(url, (sql) => sql`select 1 from example.__drizzle_migrations_example`);
    expect(rows).toHaveLength(readdirSync(folder).filter((name) => name.endsWith(".sql")).length);
    await drop();
  });

  it("of many databases of one server, which share their roles, may begin at the same moment", async () => {
    const databases = await Promise.all(Array.from({ length: 8 }, () => createDatabase(inject("postgresUrl"))));
    const addresses = databases.map(({ url }) => databaseAddresses("example", url, null, TEST_SECRET));
    await Promise.all([...addresses, ...addresses].map(provision));
    await Promise.all(databases.map(({ drop }) => drop()));
  });

  it("refuse a table that belongs to no organisation and has no law of its own", () => {
    expect(() => lawStatements("example", [{ name: "stray", hasOrganisation: false }], {})).toThrow(/stray/);
  });
});
