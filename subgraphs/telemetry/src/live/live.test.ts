import { randomUUID } from "node:crypto";
import { requestCaller, type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { SeedMachine } from "../index.js";
import { changeState } from "../machines/states.js";
import {
  addMachines,
  codeOf,
  machine,
  member,
  relayed,
  sample,
  startTelemetry,
  store,
  tellTree,
} from "../testing/fixtures.js";
import { next, type Stream, Streams } from "../testing/streams.js";

const tree = testTree();
let telemetry: TestSubgraph;

const SAMPLES =
  "subscription ($ids: [ID!], $org: ID) { vmSamples(ids: $ids, organisationId: $org) { vm { id } at cpuPercent } }";
const PULSE =
  "subscription ($org: ID) { fleetPulse(organisationId: $org) { at organisation { id } fleet { machines running byState { state count } topConsumers(metric: CPU) { value vm { id name } } } } }";
const STATES =
  "subscription ($ids: [ID!], $org: ID, $after: String) { vmStateChanged(ids: $ids, organisationId: $org, after: $after) { cursor from to reason at vm { id name state } } }";

const [mine, sister, foreign] = [
  machine(tree.customer, { name: "mine" }),
  machine(tree.sibling, { name: "sister" }),
  machine(tree.otherCustomer, { name: "foreign" }),
] as [SeedMachine, SeedMachine, SeedMachine];

const streams = new Streams(() => telemetry);
const watch = (document: string, variables: Record<string, unknown>, caller = member(tree.customer)) =>
  streams.watch(document, variables, caller);

interface Samples {
  vmSamples: { vm: { id: string }; at: string; cpuPercent: number | null }[];
}

/** Percent of CPU by machine. */
const nextCpu = async (stream: Stream) => {
  const { vmSamples } = await next<Samples>(stream);
  return Object.fromEntries(vmSamples.map(({ vm, cpuPercent }) => [vm.id, cpuPercent]));
};

let clock = Date.now();
const measure = (id: string, cpuPercent: number) => {
  clock += 1_000;
  return store(telemetry, [sample(id, new Date(clock), { cpuPercent })]);
};

const setState = (id: string, to: "RUNNING" | "STOPPED") =>
  telemetry.subgraph.database.system("tests", (tx) =>
    changeState(tx, [id], { to, reason: "Because.", at: new Date() }),
  );

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree);
  await addMachines(telemetry, [mine, sister, foreign]);
  for (const { id } of [mine, sister, foreign]) await measure(id, 10);
});

afterEach(() => streams.close());

afterAll(() => telemetry.stop());

describe("live samples", () => {
  it("begin with the last known values, at once, of the estate and nothing else", async () => {
    expect(await nextCpu(watch(SAMPLES, {}))).toEqual({ [mine.id]: 10 });
    const both = await nextCpu(watch(SAMPLES, {}, member(tree.reseller)));
    expect(Object.keys(both).sort()).toEqual([mine.id, sister.id].sort());
    expect(await nextCpu(watch(SAMPLES, { org: tree.sibling }, member(tree.reseller)))).toEqual({ [sister.id]: 10 });
    expect(Object.keys(await nextCpu(watch(SAMPLES, {}, member(tree.operator)))).length).toBe(3);
  });

  it("come when something is measured, each event complete", async () => {
    const stream = watch(SAMPLES, {}, member(tree.reseller));
    await nextCpu(stream);
    await measure(mine.id, 20);
    expect(await nextCpu(stream)).toEqual({ [mine.id]: 20, [sister.id]: 10 });
  });

  it("are of the machines named, and wait while only others are measured", async () => {
    const stream = watch(SAMPLES, { ids: [sister.id] }, member(tree.reseller));
    expect(await nextCpu(stream)).toEqual({ [sister.id]: 10 });
    const coming = nextCpu(stream);
    await measure(mine.id, 21);
    await measure(foreign.id, 22);
    await measure(sister.id, 23);
    expect(await coming).toEqual({ [sister.id]: 23 });
  });

  it("leave a slow reader the newest only", async () => {
    const quick = watch(SAMPLES, { ids: [mine.id] });
    const slow = watch(SAMPLES, { ids: [mine.id] });
    await nextCpu(quick);
    await nextCpu(slow);
    for (const value of [31, 32, 33]) {
      await measure(mine.id, value);
      expect(await nextCpu(quick)).toEqual({ [mine.id]: value });
    }
    const seen: (number | null | undefined)[] = [];
    while (seen.at(-1) !== 33) seen.push((await nextCpu(slow))[mine.id]);
    expect(seen.length).toBeLessThanOrEqual(2);
  });

  it("come at most once a second", async () => {
    const stream = watch(SAMPLES, { ids: [mine.id] });
    await nextCpu(stream);
    const since = performance.now();
    const values = Array.from({ length: 30 }, (_, i) => 40 + i);
    const reading = (async () => {
      let events = 0;
      for (let last: number | null | undefined = null; last !== 69; events += 1)
        last = (await nextCpu(stream))[mine.id];
      return events;
    })();
    for (const value of values) {
      await measure(mine.id, value);
      // Somebody who joins makes the hub look at once, as a sampler of this process does.
      await nextCpu(watch(SAMPLES, {}));
    }
    const events = await reading;
    expect(events).toBeLessThanOrEqual(Math.ceil((performance.now() - since) / 900) + 1);
  });

  it.each([
    ["foreign", () => ({ ids: [mine.id, foreign.id] })],
    ["a sibling's", () => ({ ids: [sister.id] })],
    ["unknown", () => ({ ids: [randomUUID()] })],
    ["malformed", () => ({ ids: ["nonsense"] })],
    ["of an organisation that is foreign", () => ({ org: tree.sibling })],
    ["of an organisation above", () => ({ org: tree.reseller })],
    [
      "of the estate, but not of the organisation named",
      () => ({ ids: [sister.id], org: tree.customer }),
      tree.reseller,
    ],
  ])("are NOT_FOUND for machines that are %s", async (_, variables, org = tree.customer) => {
    for (const document of [SAMPLES, STATES]) {
      const stream = watch(document, variables(), member(org));
      const { value } = await stream.next();
      expect(codeOf(value)).toBe("NOT_FOUND");
      expect((await stream.next()).done).toBe(true);
    }
  });

  it("refuse no machines and too many, and callers without the permission", async () => {
    for (const ids of [[], Array.from({ length: 201 }, () => mine.id)]) {
      expect(codeOf((await watch(SAMPLES, { ids }).next()).value)).toBe("INVALID_INPUT");
    }
    expect(codeOf((await watch(SAMPLES, {}, member(tree.customer, [])).next()).value)).toBe("FORBIDDEN");
    expect(codeOf((await watch(SAMPLES, {}, requestCaller(null)).next()).value)).toBe("UNAUTHENTICATED");
  });

  it("show a machine that is new in the estate", async () => {
    const stream = watch(SAMPLES, {});
    await nextCpu(stream);
    const late = machine(tree.customer, { name: "late" });
    await addMachines(telemetry, [late]);
    await measure(late.id, 50);
    expect(await nextCpu(stream)).toMatchObject({ [late.id]: 50 });
  });
});

describe("a machine that is gone for good", () => {
  it("is shown no more", async () => {
    const gone = machine(tree.sibling, { name: "gone" });
    await addMachines(telemetry, [gone]);
    await measure(gone.id, 5);
    const stream = watch(SAMPLES, { org: tree.sibling }, member(tree.reseller));
    expect(Object.keys(await nextCpu(stream))).toContain(gone.id);
    await telemetry.subgraph.database.system("tests", (tx) =>
      changeState(tx, [gone.id], { to: "DELETED", reason: null, at: new Date() }),
    );
    expect(Object.keys(await nextCpu(stream))).toEqual([sister.id]);
  });
});

describe("a process that stops", () => {
  it("ends its streams", async () => {
    const other = await startTelemetry(inject("postgresUrl"), tree);
    const stream = other.subscribe(SAMPLES, {}, member(tree.customer));
    expect(await nextCpu(stream)).toEqual({});
    const waiting = stream.next();
    await other.stop();
    expect((await waiting).done).toBe(true);
  });
});

describe("live totals", () => {
  interface Pulse {
    fleetPulse: {
      at: string;
      organisation: { id: string };
      fleet: { running: number; topConsumers: { value: number; vm: object }[] };
    };
  }

  it("begin at once and follow what is measured and what is switched off", async () => {
    const stream = watch(PULSE, { org: tree.sibling }, member(tree.reseller));
    const { fleetPulse } = await next<Pulse>(stream);
    expect(fleetPulse).toMatchObject({ organisation: { id: tree.sibling }, fleet: { machines: 1, running: 1 } });
    expect(fleetPulse.fleet.topConsumers[0]?.vm).toEqual({ id: sister.id, name: "sister" });
    await setState(sister.id, "STOPPED");
    let running = 1;
    while (running !== 0) running = (await next<Pulse>(stream)).fleetPulse.fleet.running;
    await setState(sister.id, "RUNNING");
  });

  it("are nobody else's to see", async () => {
    const stream = watch(PULSE, { org: tree.otherCustomer });
    expect(codeOf((await stream.next()).value)).toBe("NOT_FOUND");
  });
});

describe("access taken away", () => {
  it("ends every stream within a second or so, with nothing more shown", async () => {
    const narrowed = () =>
      requestCaller({ org: tree.reseller, permissions: ["vm:read"] }, { narrowedOrganisationId: tree.sibling });
    const watched = [
      watch(SAMPLES, {}, narrowed()),
      watch(SAMPLES, { ids: [sister.id] }, member(tree.reseller)),
      watch(PULSE, { org: tree.sibling }, member(tree.reseller)),
    ];
    await relayed(telemetry);
    const states = watch(STATES, { org: tree.sibling }, member(tree.reseller));
    const waiting = states.next();
    for (const stream of watched) await next(stream);
    const { version } = tree.setStatus(tree.sibling, "ACTIVE");
    const moved = `/${tree.operator}/${tree.otherReseller}/${tree.sibling}/`;
    const since = performance.now();
    await tellTree(telemetry, {
      organisationId: tree.sibling,
      parentId: tree.otherReseller,
      path: moved,
      kind: "CUSTOMER",
      status: "ACTIVE",
      version,
    });
    await measure(sister.id, 99);
    for (const stream of watched) expect(["FORBIDDEN", "NOT_FOUND"]).toContain(codeOf((await stream.next()).value));
    expect(codeOf((await waiting).value)).toBe("NOT_FOUND");
    expect(performance.now() - since).toBeLessThan(3_000);
  });
});
