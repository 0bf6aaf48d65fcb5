import { type TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { SeedMachine } from "../index.js";
import { changeState } from "../machines/states.js";
import { addMachines, codeOf, machine, member, relayed, startTelemetry } from "../testing/fixtures.js";
import { next, type Stream, Streams } from "../testing/streams.js";

const tree = testTree();
let telemetry: TestSubgraph;

const STATES = `subscription ($ids: [ID!], $org: ID, $after: String) {
  vmStateChanged(ids: $ids, organisationId: $org, after: $after) { cursor from to reason at vm { id name state } } }`;

const [mine, sister, foreign] = [
  machine(tree.customer, { name: "mine" }),
  machine(tree.sibling, { name: "sister" }),
  machine(tree.otherCustomer, { name: "foreign" }),
] as [SeedMachine, SeedMachine, SeedMachine]; // the three above

const streams = new Streams(() => telemetry);
const watch = (document: string, variables: Record<string, unknown>, caller = member(tree.customer)) =>
  streams.watch(document, variables, caller);

const setState = (id: string, to: "RUNNING" | "STOPPED") =>
  telemetry.subgraph.database.system("tests", (tx) =>
    changeState(tx, [id], { to, reason: "Because.", at: new Date() }),
  );

/** The cursor of the newest event that was given one. */
const endOfStates = () =>
  telemetry.subgraph.database.system("tests", async (tx) => {
    const [row] = await tx.sql<{ last: bigint | null }[]>`select max(stream_seq) as last from outbox`;
    return `${row?.last ?? 0n}`;
  });

beforeAll(async () => {
  telemetry = await startTelemetry(inject("postgresUrl"), tree);
  await addMachines(telemetry, [mine, sister, foreign]);
  await relayed(telemetry);
});

afterEach(() => streams.close());

afterAll(() => telemetry.stop());

describe("changes of state", () => {
  interface State {
    vmStateChanged: {
      cursor: string;
      from: string | null;
      to: string;
      reason: string | null;
      vm: { id: string; name: string; state: string };
    };
  }
  const nextState = async (stream: Stream) => (await next<State>(stream)).vmStateChanged;

  it("are streamed one by one, of the estate only, and replayed from a cursor", async () => {
    const stream = watch(STATES, { after: await endOfStates() });
    const first = nextState(stream);
    await setState(foreign.id, "STOPPED");
    await setState(mine.id, "STOPPED");
    expect(await first).toMatchObject({
      from: "RUNNING",
      to: "STOPPED",
      reason: "Because.",
      vm: { id: mine.id, name: "mine" },
    });
    const { cursor } = await first;
    await stream.return?.();
    await setState(mine.id, "RUNNING");
    await setState(sister.id, "STOPPED");
    await setState(mine.id, "STOPPED");
    const resumed = watch(STATES, { after: cursor });
    expect([(await nextState(resumed)).to, (await nextState(resumed)).to]).toEqual(["RUNNING", "STOPPED"]);
    const above = watch(STATES, { after: cursor, ids: [sister.id] }, member(tree.reseller));
    expect(await nextState(above)).toMatchObject({ to: "STOPPED", vm: { id: sister.id } });
    await setState(mine.id, "RUNNING");
    await setState(sister.id, "RUNNING");
  });

  it("are never dropped, however many a reader has missed; more machines than that are too many for live samples", async () => {
    const many = Array.from({ length: 1_001 }, (_, i) => machine(tree.otherReseller, { name: `many-${i}` }));
    await addMachines(telemetry, many);
    const stream = watch(STATES, { after: "0" }, member(tree.otherReseller));
    const seen = new Set<string>();
    while (seen.size < 1_002) seen.add((await nextState(stream)).vm.id);
    expect(many.every(({ id }) => seen.has(id))).toBe(true);
    const samples = streams.watch("subscription { vmSamples { at } }", {}, member(tree.otherReseller));
    expect(codeOf((await samples.next()).value)).toBe("INVALID_INPUT");
  });

  it("refuse a cursor that is none", async () => {
    expect(codeOf((await watch(STATES, { after: "nonsense" }).next()).value)).toBe("INVALID_INPUT");
  });
});
