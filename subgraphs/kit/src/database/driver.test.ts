import { connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { TEST_SECRET } from "../testing/databases.js";
import { exampleSubgraph } from "../testing/example/example.js";
import { TestSubgraph, testTree } from "../testing/fixtures.js";
import { databaseAddresses } from "./addresses.js";
import { Database } from "./database.js";

// What the patch of the driver is for: see docs/decisions/postgres-driver.md.
let example: TestSubgraph;
let database: Database;
const clients = new Set<Socket>();
/** Stands between the driver and the server, to break connections as a network does. */
const proxy = createServer((client) => {
  const { hostname, port } = new URL(example.databaseUrl);
  const server = connect(Number(port), hostname);
  clients.add(client);
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
  client.on("close", () => clients.delete(client));
});

beforeAll(async () => {
  example = await TestSubgraph.start(inject("postgresUrl"), exampleSubgraph(), testTree().source);
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
});
afterAll(async () => {
  await database.close();
  proxy.close();
  await example.stop();
});
beforeEach(async () => {
  await database?.close();
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
