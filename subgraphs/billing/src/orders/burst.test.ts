import { randomUUID } from "node:crypto";
import { callerOf, countStatements } from "@tollgate/kit";
import { requestCaller, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { buyer, OrderDesk, ordered, provisioningChanged } from "../testing/orders.js";
import { followProvisioning } from "./ending.js";

const tree = testTree();
const owners = [tree.customer, tree.otherCustomer];
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
  for (const organisationId of owners) await desk.pay(organisationId, 10_000_000n);
});
afterAll(() => desk.stop());
beforeEach(() => {
  desk.ears.heard.length = 0;
});

const order = async (organisationId: string) => ({
  organisationId,
  id: await ordered(desk.billing, buyer(organisationId)),
});

type Ordered = Awaited<ReturnType<typeof order>>;

const orders = (count: number): Promise<Ordered[]> =>
  Promise.all(Array.from({ length: count }, (_, nth) => order(owners[nth % owners.length] ?? "")));

const news = ({ organisationId, id }: Ordered, state: Parameters<typeof provisioningChanged>[2]) =>
  provisioningChanged(organisationId, id, state, ["RUNNING", "STARTED"].includes(state) ? randomUUID() : null);

const stateOf = ({ organisationId, id }: Ordered) => desk.stateOf(id, buyer(organisationId));

const allBooks = () => Promise.all(owners.map((id) => desk.books(id)));

it("news of many machines take as many statements as those of one", async () => {
  // Statements are counted of people alone.
  const operator = callerOf(requestCaller({ org: tree.operator, kind: "INTERNAL" }));
  const count = async (state: "RUNNING" | "FAILED", some: readonly Ordered[]) => {
    const events = some.map((one) => news(one, state));
    const follow = () =>
      desk.billing.subgraph.database.write(operator, (tx) => followProvisioning(tx, events, desk.clock.now()));
    return (await countStatements(follow)).length;
  };
  for (const state of ["RUNNING", "FAILED"] as const) {
    const one = await count(state, await orders(1));
    expect(one).toBeGreaterThan(3);
    expect(await count(state, await orders(6))).toBe(one);
  }
});

it("of a burst each order ends as it would alone, once, and its money with it", async () => {
  const before = await allBooks();
  const all = await orders(8);
  const states = ["STARTED", "RUNNING", "RUNNING", "FAILED", "RUNNING", "CANCELLED", "FAILED", "RUNNING"] as const;
  const events = all.map((one, nth) => news(one, states[nth] ?? "STARTED"));
  await Promise.all([...events, ...events].map((event) => desk.receive(event)));
  await Promise.all(events.map((event) => desk.receive(event)));
  const ends = { STARTED: "PROVISIONING", RUNNING: "COMPLETED", FAILED: "FAILED", CANCELLED: "CANCELLED" };
  expect(await Promise.all(all.map(stateOf))).toEqual(states.map((state) => ends[state]));
  // Of the first customer one is under way and two run; of the other two run.
  const after = await allBooks();
  expect(after.map(({ held }, nth) => held - (before[nth]?.held ?? 0n))).toEqual([15_000n + 1_000n, 1_000n]);
  expect(after.map(({ posted }, nth) => (before[nth]?.posted ?? 0n) - posted)).toEqual([42n, 42n]);
  const told = await Promise.all(all.map(({ id }) => desk.ears.of(desk.billing, id)));
  const placed = (state: string) => (state === "STARTED" ? ["order.placed"] : ["order.placed", "order.ended"]);
  expect(told).toEqual(states.map(placed));
});

it("in a burst news that make no sense stop no other", async () => {
  const all = await orders(6);
  const events = all.map((one) => news(one, "RUNNING"));
  const [, , bad] = events;
  if (!bad) throw new Error("no event");
  bad.payload = { ...(bad.payload as object), vmId: null };
  const results = await Promise.allSettled(events.map((event) => desk.receive(event)));
  expect(results.map(({ status }) => status === "fulfilled")).toEqual(events.map((event) => event !== bad));
  expect(await Promise.all(all.map(stateOf))).toEqual(events.map((event) => (event === bad ? "PLACED" : "COMPLETED")));
  await allBooks();
});
