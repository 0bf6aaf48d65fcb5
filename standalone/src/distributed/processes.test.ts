import { until } from "@tollgate/kit/testing";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { WebSocket } from "ws";
import { SUBGRAPH_NAMES, type SubgraphName } from "../graph/names.js";
import { Buyer } from "../testing/buying.js";
import { InsistentPerson } from "../testing/insistent.js";
import { isAlive } from "../testing/instance.js";
import { StartedProcesses } from "../testing/started-processes.js";
import { Person, signIn } from "../testing/tollgate.js";
import type { Processes } from "./processes.js";

let started: StartedProcesses;
let processes: Processes;

beforeAll(async () => {
  started = await StartedProcesses.start(inject("postgresUrl"));
  ({ processes } = started);
}, 300_000);
afterAll(() => started?.release(), 60_000);

const childOf = (name: SubgraphName | "gateway") => {
  const child = processes.children.get(name);
  if (!child) throw new Error(`${name} does not run`);
  return child;
};

const OF_TWO = "{ wallets(first: 1) { nodes { id } } vms { totalCount } }";

/** Kills a process at once, and resolves when another one stands in its place, and everything is answered again. */
const kill = async (name: SubgraphName | "gateway", watcher: Person, whileAway: () => Promise<void>): Promise<void> => {
  const before = childOf(name).pid;
  if (before === null) throw new Error(`${name} does not run`);
  process.kill(before, "SIGKILL");
  await whileAway();
  const isReady = async () => {
    const answer = await fetch(`${processes.url}/health/ready`).catch(() => null);
    if (!answer?.ok) return false;
    const { checks } = (await answer.json()) as { checks: { ready: boolean }[] };
    return checks.every((check) => check.ready);
  };
  await until(async () => childOf(name).pid !== null && childOf(name).pid !== before && (await isReady()), 120_000);
  // The gateway leaves a subgraph alone for a while that has kept failing.
  await until(async () => {
    const answer = await watcher.ask(OF_TWO).catch(() => null);
    return answer !== null && answer.errors === undefined;
  }, 60_000);
};

describe("Tollgate as processes of its own", () => {
  it("is six processes behind one address, each of which answers for itself", async () => {
    const pids = [...processes.children.values()].map(({ pid }) => pid ?? 0);
    expect(new Set(pids).size).toBe(6);
    expect(pids.every(isAlive)).toBe(true);
    const customer = await signIn(processes.url, "customer");
    const { data, errors } =
      await customer.ask(`{ me { displayName organisation { name wallet { available { formatted } }
      fleet { machines running } vms(first: 1) { nodes { name hourlyCost { minorUnits } } } }
      notifications(first: 5) { nodes { title } } } }`);
    expect(errors).toBeUndefined();
    expect(data.me.organisation.fleet.machines).toBeGreaterThan(2);
    const page = await fetch(processes.url, { headers: { accept: "text/html" } });
    expect([200, 503]).toContain(page.status); // the web app, where it is built
    expect((await fetch(`${processes.url}/.well-known/jwks.json`)).status).toBe(200);
  });

  it("goes on while any one of them is killed: partial answers, nothing lost, nothing done or charged twice", async () => {
    const { token } = await signIn(processes.url, "reseller");
    const operator = await signIn(processes.url, "operator");
    const insistent = new InsistentPerson(processes.url, token);
    const buyer = new Buyer(insistent);
    const watcher = new Person(processes.url, token);
    const before = await buyer.funds();
    const states = watchStates(processes.url, token ?? "");
    const placed: Promise<{ id: string }>[] = [];
    const away = new Map<string, unknown>();
    for (const [index, name] of [...SUBGRAPH_NAMES, "gateway" as const].entries()) {
      placed.push(buyer.order(`steady-${index}`));
      await kill(name, watcher, async () => {
        placed.push(buyer.order(`during-${index}`));
        if (name !== "gateway") away.set(name, await watcher.ask(OF_TWO));
      });
    }
    const orders = await Promise.all(placed);
    expect(new Set(orders.map(({ id }) => id)).size).toBe(12);
    for (const { id } of orders) {
      const order = await buyer.orderIn("COMPLETED", id);
      expect(order).toMatchObject({
        vm: { state: "RUNNING" },
        hold: { captured: { minorUnits: "24" }, state: "CAPTURED" },
      });
    }
    // What is away costs its own fields, and is called away; the rest is answered.
    expect(away.get("billing")).toMatchObject({ data: { wallets: null, vms: { totalCount: expect.any(Number) } } });
    expect(JSON.stringify(away.get("billing"))).toContain("UNAVAILABLE");
    expect(away.get("telemetry")).toMatchObject({ data: { vms: null, wallets: { nodes: [expect.anything()] } } });
    // Nobody was charged twice, and nothing was held twice.
    const after = await buyer.funds();
    expect(after.held - before.held).toBe(12 * 575);
    expect(before.available - after.available).toBe(12 * 599);
    const { data } = await insistent.ask(
      "{ vms(first: 100) { nodes { name } } me { notifications(first: 100) { nodes { title } } } }",
    );
    const names: string[] = data.vms.nodes
      .map((vm: { name: string }) => vm.name)
      .filter((name: string) => /steady|during/.test(name));
    expect(names.sort()).toEqual([...new Set(names)].sort());
    expect(names).toHaveLength(12);
    // Every event has arrived, once: nothing waits, nothing was given up.
    const queues = SUBGRAPH_NAMES.map((name) => `${name}Queue { pending parked }`).join(" ");
    await until(async () => {
      const answer = await operator.ask(`{ ${queues} }`);
      return Object.values(answer.data).every((queue) => JSON.stringify(queue) === '{"pending":0,"parked":0}');
    }, 60_000);
    const told = async (): Promise<string[]> => {
      const answer = await insistent.ask("{ me { notifications(first: 100) { nodes { title } } } }");
      const titles = answer.data.me.notifications.nodes.map((node: { title: string }) => node.title);
      return titles.filter((title: string) => /(steady|during)-\d is running/.test(title));
    };
    await until(async () => (await told()).length >= 12, 60_000);
    expect((await told()).sort()).toEqual(names.map((name) => `${name} is running`));
    const verified = await operator.ask(
      "mutation { verifyLedger(input: {}) { ... on LedgerVerification { intact findings { __typename } } ... on Problem { code } } }",
    );
    expect(verified.data.verifyLedger).toEqual({ intact: true, findings: [] });
    // The stream that was open all the while has seen every machine begin to run.
    await until(() => names.every((name) => states.running.filter((seen) => seen === name).length === 1), 30_000);
    await states.end();
  }, 600_000);

  it("leaves no process behind when it stops", async () => {
    const pids = [...processes.children.values()].map(({ pid }) => pid ?? 0);
    await started.stop();
    await until(() => !pids.some(isAlive), 20_000);
  }, 60_000);
});

/** Follows the states of machines; connects again, behind what it has seen, when the gateway is gone. */
const watchStates = (url: string, token: string) => {
  const running: string[] = [];
  let after: string | null = null;
  let ended = false;
  const client = createClient({
    url: `${url.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  const query = "subscription ($after: String) { vmStateChanged(after: $after) { cursor to vm { name } } }";
  const follow = async (): Promise<void> => {
    // biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape.
    for await (const { data } of client.iterate<any>({ query, variables: { after } })) {
      if (!data?.vmStateChanged) continue;
      after = data.vmStateChanged.cursor;
      if (data.vmStateChanged.to === "RUNNING") running.push(data.vmStateChanged.vm.name);
    }
  };
  const loop = (async () => {
    while (!ended) {
      // The gateway is one of those that are killed.
      await follow().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    running,
    end: async () => {
      ended = true;
      await client.dispose();
      await loop;
    },
  };
};
