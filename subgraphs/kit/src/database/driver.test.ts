import { randomUUID } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type Caller, callerOf, systemCaller } from "../caller/caller.js";
import { TEST_SECRET } from "../testing/databases.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { requestCaller, TestSubgraph, testTree } from "../testing/fixtures.js";
import { databaseAddresses } from "./addresses.js";
import { Database } from "./database.js";

// What the patch of the driver is for: see docs/decisions/postgres-driver.md.
let example: TestSubgraph;
let database: Database;
const tree = testTree();
const clients = new Set<Socket>();
/** How often the driver had waited for an answer when it sent something. */
let roundTrips = 0;
/** What becomes of what the driver sends, or null: the connection breaks. */
let onTheWay: (sent: string) => string | null = (sent) => sent;
/** Stands between the driver and the server, to break connections as a network does, and to see what goes through. */
const proxy = createServer((client) => {
  const { hostname, port } = new URL(example.databaseUrl);
  const server = connect(Number(port), hostname);
  clients.add(client);
  let isAnswered = true;
  client.on("data", (sent) => {
    if (isAnswered) roundTrips += 1;
    isAnswered = false;
    const left = onTheWay(sent.toString("latin1"));
    if (left === null) client.resetAndDestroy();
    else server.write(Buffer.from(left, "latin1"));
  });
  server.on("data", (answer) => {
    isAnswered = true;
    client.write(answer);
  });
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
  client.on("close", () => clients.delete(client));
});

beforeAll(async () => {
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), tree.source);
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
});
afterAll(async () => {
  await database.close();
  proxy.close();
  await example.stop();
});
beforeEach(async () => {
  await database?.close();
  onTheWay = (sent) => sent;
  const address = proxy.address();
  const url = new URL(databaseAddresses("example", example.databaseUrl, null, TEST_SECRET).login);
  url.host = `127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
  database = new Database(url.toString(), { connections: 1, applicationName: "tests" });
});

const one = () => database.system("tests", (tx) => tx.sql<{ one: number }[]>`select ${1}::int as one`);

it("goes on after a connection was reset in the middle of a transaction", async () => {
  const lost = database.system("tests", async (tx) => {
    await tx.sql`select ${1}::int as one`;
    const sleeping = tx.sql`select pg_sleep(60)`.execute();
    for (const client of clients) client.resetAndDestroy();
    await sleeping;
  });
  await expect(lost).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await one()).toMatchObject([{ one: 1 }]);
});

it("refuses a statement with a value that cannot be written, and that one alone, however often", async () => {
  const write = () => database.system("tests", (tx) => tx.sql`select ${["2026-01-01T00:00:00Z"]}::timestamptz[]`);
  for (let times = 0; times < 3; times += 1) {
    await expect(write()).rejects.toThrow("must be of type string");
    expect(await one()).toMatchObject([{ one: 1 }]);
  }
});

describe("a transaction", () => {
  const person = callerOf(requestCaller({ org: tree.customer }));
  const callers: Caller[] = [person, systemCaller("tests")];
  const noted = (text: string) =>
    database.system("tests", async (tx) => {
      await tx.sql`insert into note (organisation_id, text) values (${tree.customer}, ${text})`;
      await tx.sql`select ${1}::int as one`;
    });
  const notes = (text: string) =>
    database.system("tests", (tx) => tx.sql<{ text: string }[]>`select text from note where text = ${text}`);
  /** Meets the first BEGIN that is sent from now on. */
  const onceAtBegin = (meet: (sent: string) => string | null) => {
    onTheWay = (sent) => {
      if (!sent.includes("begin read write")) return sent;
      onTheWay = (later) => later;
      return meet(sent);
    };
  };

  it("enters with BEGIN: one statement takes three round trips, of a person as of a job", async () => {
    const once = async (caller: Caller): Promise<number> => {
      const before = roundTrips;
      await database.read(caller, (tx) => tx.sql`select ${1}::int as one`);
      return roundTrips - before;
    };
    for (const caller of callers) {
      await once(caller); // which connects and prepares
      expect(await once(caller)).toBe(3);
    }
  });

  it.each([
    ["refused", (sent: string) => sent.replace("begin read write", "begin read wrote"), "42601"],
    ["lost with its connection", () => null, "UNAVAILABLE"],
  ])("does nothing where BEGIN was %s, and leaves alone who is lent the connection next", async (_, meet, code) => {
    for (const caller of callers) {
      await one();
      const text = randomUUID();
      let hasWorked = false;
      onceAtBegin(meet);
      const refused = database.write(caller, async () => {
        hasWorked = true;
      });
      const next = noted(text);
      await expect(refused).rejects.toMatchObject({ code });
      await next;
      expect(hasWorked).toBe(false);
      expect(await notes(text)).toHaveLength(1);
    }
  });

  it("is told to have failed where a statement failed that nobody waited for", async () => {
    const text = randomUUID();
    const told = database.system("tests", async (tx) => {
      await tx.sql`insert into note (organisation_id, text) values (${tree.customer}, ${text})`;
      void tx.sql`select 1 / ${0}::int`.execute();
    });
    await expect(told).rejects.toThrow("division by zero");
    expect(await notes(text)).toHaveLength(0);
  });
});
