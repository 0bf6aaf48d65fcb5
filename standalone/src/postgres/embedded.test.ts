import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processIdentity, serversOf, signal, until } from "./processes.js";
import { Harness, killServers, withClient } from "./testing/harness.js";

let harness: Harness;

beforeEach(() => {
  harness = new Harness();
});
afterEach(() => harness.clear());

async function leaveARow(url: string): Promise<void> {
  await withClient(url, async (sql) => {
    await sql`create table kept (word text)`;
    await sql`insert into kept values ('still here')`;
  });
}

async function keptRow(url: string): Promise<string | undefined> {
  return await withClient(url, async (sql) => (await sql<{ word: string }[]>`select word from kept`)[0]?.word);
}

describe("an embedded PostgreSQL", () => {
  test("keeps its data, port and password over a stop, and leaves no process behind", async () => {
    const directory = harness.directory();
    const first = await harness.start(directory);
    await leaveARow(first.url);
    await first.stop();
    expect(serversOf(join(directory, "data"))).toEqual([]);
    expect(readdirSync(directory)).not.toContain("tollgate.lock");

    const second = await harness.start(directory);
    expect(second.adopted).toBe(false);
    expect(second.url).toBe(first.url);
    expect(await keptRow(second.url)).toBe("still here");
  });

  test("flushes to the disk and refuses connections without the password", async () => {
    const server = await harness.start(harness.directory());
    const settings = await withClient(
      server.url,
      (sql) => sql`select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'max_connections', 'listen_addresses') order by name`,
    );
    expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
      fsync: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      max_connections: "200",
      synchronous_commit: "on",
    });
    const wrong = server.url.replace(/postgres:[0-9a-f]+@/, "postgres:wrong@");
    await expect(withClient(wrong, (sql) => sql`select 1`)).rejects.toMatchObject({ code: "28P01" });
  });

  test("is taken over by the next start when Tollgate was killed", async () => {
    const directory = harness.directory();
    const { child, report } = await harness.startChild(directory);
    if (!("url" in report)) throw new Error(report.refused);
    await leaveARow(report.url);
    await harness.kill(child);

    const next = await harness.start(directory);
    expect(next).toMatchObject({ adopted: true, pid: report.pid, url: report.url });
    expect(await keptRow(next.url)).toBe("still here");
    await next.stop();
    expect(serversOf(join(directory, "data"))).toEqual([]);
  });

  test("loses nothing that was committed when it is killed together with Tollgate", async () => {
    const directory = harness.directory();
    const { child, report } = await harness.startChild(directory);
    if (!("url" in report)) throw new Error(report.refused);
    await leaveARow(report.url);
    await harness.kill(child);
    await killServers(directory);

    const next = await harness.start(directory);
    expect(next.adopted).toBe(false);
    expect(await keptRow(next.url)).toBe("still here");
  });

  test("starts although its old process id belongs to another program by now", async () => {
    const directory = harness.directory();
    const first = await harness.start(directory);
    await first.stop();
    const remains = [process.pid, join(directory, "data"), 1, first.port, "", "127.0.0.1", "", "ready", ""];
    writeFileSync(join(directory, "data", "postmaster.pid"), remains.join("\n"));
    expect((await harness.start(directory)).adopted).toBe(false);
  });

  test("is started again on its port when it dies alone", async () => {
    const server = await harness.start(harness.directory());
    const { pid } = server;
    signal(pid, "SIGKILL");
    expect(await until(() => server.pid !== pid, 15_000)).toBe(true);
    expect(await withClient(server.url, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });

  test("takes another port when somebody listens on its own", async () => {
    const directory = harness.directory();
    const first = await harness.start(directory);
    await first.stop();
    const squatter = createServer().listen(first.port, "127.0.0.1");
    try {
      expect((await harness.start(directory)).port).not.toBe(first.port);
    } finally {
      squatter.close();
    }
  });

  test("makes its data anew when making it was interrupted", async () => {
    const directory = harness.directory();
    mkdirSync(join(directory, "data.draft", "base"), { recursive: true });
    await harness.start(directory);
    expect(readdirSync(directory)).not.toContain("data.draft");
  });

  test.runIf(process.getuid?.() === 0)("runs for root below a directory that only root may enter", async () => {
    const closed = mkdtempSync(join(homedir(), ".tollgate-closed-"));
    try {
      const directory = harness.directory(closed);
      const first = await harness.start(directory);
      await leaveARow(first.url);
      await first.stop();
      expect(await keptRow((await harness.start(directory)).url)).toBe("still here");
      await harness.clear();
    } finally {
      rmSync(closed, { recursive: true, force: true });
    }
  });
});

describe("a second instance on the same data", () => {
  test("is told in one sentence who runs and where, and disturbs nobody", async () => {
    const directory = harness.directory();
    const first = await harness.start(directory);
    const sentence = `Tollgate is already running on this data (process ${process.pid} at http://localhost:4000).`;
    await expect(harness.start(directory)).rejects.toThrow(sentence);
    const { report } = await harness.startChild(directory);
    expect(report).toEqual({ refused: sentence });
    expect(await withClient(first.url, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });

  test("cannot start at the same moment: one of three wins", async () => {
    const directory = harness.directory();
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "tollgate.lock"), "{ half a li");
    const starts = await Promise.all([1, 2, 3].map(() => harness.startChild(directory)));
    expect(starts.filter(({ report }) => "url" in report)).toHaveLength(1);
  });

  test.each([
    ["that nobody can read", () => '{"pid": 12'],
    ["that is empty", () => ""],
    ["of a process that is gone", () => JSON.stringify({ pid: 2 ** 22 - 1, identity: "boot/1", port: 4000 })],
    [
      "whose process id is another's by now",
      () => JSON.stringify({ pid: process.pid, identity: "boot/1", port: 4000 }),
    ],
  ])("is no second one when the lock is one %s", async (_name, content) => {
    const directory = harness.directory();
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "tollgate.lock"), content());
    await harness.start(directory);
    const lock = readFileSync(join(directory, "tollgate.lock"), "utf8");
    expect(JSON.parse(lock)).toEqual({ pid: process.pid, identity: processIdentity(process.pid), port: 4000 });
  });
});

describe("one sentence says why it does not start", () => {
  test("data of another major version", async () => {
    const directory = harness.directory();
    mkdirSync(join(directory, "data"), { recursive: true });
    writeFileSync(join(directory, "data", "PG_VERSION"), "17\n");
    await expect(harness.start(directory)).rejects.toThrow(/made by PostgreSQL 17, this is PostgreSQL 18/);
  });

  test("a directory of something else", async () => {
    const directory = harness.directory();
    mkdirSync(join(directory, "data"), { recursive: true });
    await expect(harness.start(directory)).rejects.toThrow(/holds no database of Tollgate/);
  });

  test("a lost or foreign password file", async () => {
    const directory = harness.directory();
    await (await harness.start(directory)).stop();
    writeFileSync(join(directory, "password"), "of another directory\n");
    await expect(harness.start(directory)).rejects.toThrow(/password file in .* is not the one/);
    expect(serversOf(join(directory, "data"))).toEqual([]);
    rmSync(join(directory, "password"));
    await expect(harness.start(directory)).rejects.toThrow(/password file of the database, .*, is missing/);
  });

  test("a broken configuration, in PostgreSQL's own words", async () => {
    const directory = harness.directory();
    await (await harness.start(directory)).stop();
    writeFileSync(join(directory, "data", "postgresql.auto.conf"), "shared_memory_type = 'wrong'\n");
    await expect(harness.start(directory)).rejects.toThrow(/did not start: .*postgresql.auto.conf/);
    expect(readdirSync(directory)).not.toContain("tollgate.lock");
  });
});
