import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Instance, isAlive, postmasterOf } from "./testing/instance.js";
import { Person, signIn } from "./testing/tollgate.js";

let folder: string;
const started: Instance[] = [];

const start = (environment: NodeJS.ProcessEnv = {}): Instance => {
  const instance = new Instance({ PORT: "0", TOLLGATE_DATA: folder, DATABASE_CONNECTIONS: "3", ...environment });
  started.push(instance);
  return instance;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tollgate-main-"));
});

afterAll(async () => {
  await Promise.all(started.map((instance) => instance.end("SIGTERM")));
  await rm(folder, { recursive: true, force: true });
});

describe("Tollgate as a process with a database of its own", { timeout: 90_000 }, () => {
  it("loses nothing that it answered to a kill, takes its orphaned PostgreSQL over, and leaves nothing when it stops", async () => {
    const first = start();
    const url = await first.ready();
    expect(first.output).toContain("customer@tollgate.example");
    const customer = await signIn(url, "customer");
    const before = await customer.ask("{ me { id notifications(first: 50) { nodes { id } } } sessions { id } }");
    expect(before.data.sessions).toHaveLength(1);
    const postmaster = postmasterOf(folder);
    await first.end("SIGKILL");
    expect(isAlive(postmaster)).toBe(true);

    const second = start();
    const again = new Person(await second.ready(), customer.token);
    expect(second.output).not.toContain("Loading demo data");
    expect(postmasterOf(folder)).toBe(postmaster);
    // The token still counts, because its key was kept; so does everything that was answered.
    const after = await again.ask("{ me { id notifications(first: 50) { nodes { id } } } sessions { id } }");
    expect(after.data.me.id).toBe(before.data.me.id);
    expect(after.data.sessions).toEqual(before.data.sessions);
    const ids = (answer: typeof before) => answer.data.me.notifications.nodes.map((node: { id: string }) => node.id);
    expect(ids(after)).toEqual(expect.arrayContaining(ids(before)));

    const third = start();
    expect(await third.code()).toBe(1);
    expect(third.output.trim().split("\n")).toHaveLength(1);
    expect(third.output).toMatch(/already running/i);

    expect(await second.end("SIGTERM")).toBe(0);
    // A clean end removes its own pid file; the id alone may still stand in the process table until it is reaped.
    expect(() => postmasterOf(folder)).toThrow(/ENOENT/);
    await expect(fetch(again.url)).rejects.toThrow();
  });

  it("stops in the middle of a start as politely", async () => {
    const instance = start();
    await expect
      .poll(() => instance.output, { timeout: 20_000, interval: 5 })
      .not.toBe("")
      .catch(() => undefined);
    expect(await instance.end("SIGINT")).toBe(0);
    expect(() => postmasterOf(folder)).toThrow(/ENOENT/);
  });

  it("says everything that is wrong with its environment at once, and starts nothing", async () => {
    const instance = start({ PORT: "x", LOG_LEVEL: "loud" });
    expect(await instance.code()).toBe(1);
    expect(instance.output).toMatch(/PORT: /);
    expect(instance.output).toMatch(/LOG_LEVEL: /);
    expect(instance.output).not.toMatch(/ at .*\.ts/);
  });

  it("says that it waits for a database that does not answer, and stops when told to", async () => {
    const instance = start({ DATABASE_URL: "postgres://nobody:wrong@127.0.0.1:1/nowhere" });
    await expect.poll(() => instance.output, { timeout: 20_000 }).toMatch(/127\.0\.0\.1:1 does not answer/);
    expect(await instance.end("SIGTERM")).toBe(0);
  });
});
