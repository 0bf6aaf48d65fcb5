import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { system } from "../testing/arrange.js";
import { ChargeDesk, hoursOn, START } from "../testing/charging.js";
import { machinesRunOut } from "../usage/running-out.js";
import { reserveStorage } from "../usage/storage.js";

let desk: ChargeDesk;

beforeAll(async () => {
  desk = await ChargeDesk.start(inject("postgresUrl"));
});
afterAll(() => desk.stop());

/** 24 hours of *small* in cents. */
const DAY = 500n;

/** Running machines of a customer, each with its reserve, by ranks; beside the reserves there is no money. */
const withoutMoney = async (ranks: readonly (number | null)[]) => {
  const organisationId = await desk.customer(DAY * BigInt(ranks.length));
  const vmIds: string[] = [];
  for (const rank of ranks) {
    const vmId = await desk.tell({ organisationId }, START);
    await desk.hold(organisationId, vmId, DAY);
    await system(desk.billing.subgraph, (tx) => tx.sql`update machine set stop_rank = ${rank} where vm_id = ${vmId}`);
    vmIds.push(vmId);
  }
  return { organisationId, vmIds };
};

describe("machines whose money ends", () => {
  it("stop all together when nobody ranked them", async () => {
    const { organisationId, vmIds } = await withoutMoney([null, null, null]);
    await desk.charge(hoursOn(23));
    expect(await desk.stops(organisationId)).toEqual([]);
    await desk.charge(hoursOn(25));
    const [stop] = await desk.stops(organisationId);
    expect(stop?.vmIds).toHaveLength(3);
    expect(new Set(stop?.vmIds)).toEqual(new Set(vmIds));
    expect((await desk.wallet(organisationId)).state).toBe("STOPPED");
  });

  it("stop by rank: unranked first, rank 1 last, and what stops earlier keeps the others running for longer", async () => {
    const { organisationId, vmIds } = await withoutMoney([2, null, 1]);
    const [second, unranked, first] = vmIds;
    await desk.charge(hoursOn(100));
    const stops = await desk.stops(organisationId);
    expect(stops.map((stop) => stop.vmIds)).toEqual([[unranked], [second], [first]]);
    const hours = stops.map(({ at }) => (at.getTime() - START.getTime()) / 3_600_000);
    // A third of a day; then half of what 1,500 cents less 8 hours of all three leave for two; then all of it for one.
    expect(hours[0]).toBe(8);
    expect(hours[1]).toBeGreaterThan(16);
    expect(hours[2]).toBeGreaterThan(33);
    expect(await desk.warnings(organisationId)).toEqual([0, -1, -1, -2]);
    const row = await desk.wallet(organisationId);
    // Machines that ran never ran unpaid: what is owed is storage of the time after, and nothing else is left.
    expect([row.state, row.held]).toEqual(["STOPPED", 0n]);
    expect(row.posted + DAY).toBeLessThanOrEqual(DAY);
    expect(await desk.broken()).toEqual([]);
  });

  it("stop at the same hours however late it is noticed, and as was told before", async () => {
    const late = await withoutMoney([2, null, 1]);
    const hourly = await withoutMoney([2, null, 1]);
    const told = await system(desk.billing.subgraph, (tx) => machinesRunOut(tx, hourly.vmIds, START));
    await desk.charge(hoursOn(60));
    const hoursOf = async (organisationId: string) =>
      (await desk.stops(organisationId)).map(({ at }) => at.toISOString());
    expect(await hoursOf(hourly.organisationId)).toEqual(await hoursOf(late.organisationId));
    const [second, unranked] = hourly.vmIds;
    expect(told.get(unranked ?? "")).toEqual(hoursOn(8));
    expect(told.get(second ?? "")?.getTime()).toBeGreaterThan(hoursOn(16).getTime());
  });

  it("stop as well where they came to run after everything had stopped: nothing runs on unpaid", async () => {
    const { organisationId } = await withoutMoney([null]);
    await desk.charge(hoursOn(30));
    const late = await desk.tell({ organisationId }, hoursOn(30));
    await desk.charge(hoursOn(31));
    expect(await desk.stops(organisationId)).toMatchObject([{}, { vmIds: [late], at: hoursOn(31) }]);
    await desk.charge(hoursOn(60));
    expect(await desk.stops(organisationId)).toHaveLength(2);
    const compute = await system(
      desk.billing.subgraph,
      (tx) => tx.sql`select 1 from usage_record where vm_id = ${late} and resource = 'VCPU'`,
    );
    expect(compute).toHaveLength(1);
    // Who runs machines on money that came in the meantime, too little for all, runs them as long as it lasts.
    await desk.pay(organisationId, 400n);
    const another = await desk.tell({ organisationId }, hoursOn(60));
    await desk.charge(hoursOn(61));
    expect(await desk.stops(organisationId)).toHaveLength(2);
    await desk.charge(hoursOn(80));
    expect((await desk.stops(organisationId)).slice(2)).toMatchObject([{ vmIds: [another] }]);
    expect(await desk.broken()).toEqual([]);
  });

  it("resume together, those that stopped first as well", async () => {
    const { organisationId } = await withoutMoney([1, null]);
    await desk.charge(hoursOn(13));
    expect((await desk.wallet(organisationId)).state).toBe("OUT_OF_FUNDS");
    await desk.pay(organisationId, 20_000n);
    await desk.recover(organisationId, hoursOn(13));
    expect((await desk.wallet(organisationId)).state).toBe("ACTIVE");
    expect(await desk.payloads("machines.resumeRequested", organisationId)).toHaveLength(1);
  });
});

describe("storage", () => {
  it("is reserved for three days while the wallet stands well, once, and never so that it would not", async () => {
    const rich = await desk.customer(100_000n);
    const vmId = await desk.tell({ organisationId: rich }, hoursOn(200));
    const poor = await desk.customer(1_600n);
    await desk.tell({ organisationId: poor }, hoursOn(200));
    await desk.charge(hoursOn(201));
    for (let time = 0; time < 2; time += 1)
      expect(await reserveStorage(desk.billing.subgraph.database, hoursOn(201))).toEqual(new Map());
    // 25 GB of SSD: 4,000 cents a month, 133.33 a day.
    expect((await desk.wallet(rich)).held).toBe(400n);
    expect((await desk.wallet(poor)).held).toBe(0n);
    await desk.tell({ organisationId: rich, vmId, state: "DELETED" }, hoursOn(202));
    expect((await desk.wallet(rich)).held).toBe(0n);
  });

  it("of what was stopped is paid from its reserve to its end, with a last warning; then it is owed, and still there", async () => {
    const organisationId = await desk.customer(DAY + 400n);
    const vmId = await desk.tell({ organisationId }, hoursOn(300));
    await desk.hold(organisationId, vmId, DAY);
    await desk.hold(organisationId, vmId, 400n, "STORAGE_RESERVE");
    await desk.charge(hoursOn(324));
    expect((await desk.wallet(organisationId)).state).toBe("STOPPED");
    expect((await desk.wallet(organisationId)).held).toBe(400n);
    expect(await desk.warnings(organisationId)).toEqual([0, -1]);
    await desk.charge(hoursOn(324 + 47));
    expect(await desk.warnings(organisationId)).toEqual([0, -1]);
    await desk.charge(hoursOn(324 + 50));
    expect(await desk.warnings(organisationId)).toEqual([0, -1, -2]);
    await desk.charge(hoursOn(324 + 73));
    const ended = await desk.wallet(organisationId);
    expect([ended.state, ended.held, ended.posted]).toEqual(["STOPPED", 0n, 0n]);
    expect(ended.receivable).toBeLessThan(0n);
    expect(await desk.warnings(organisationId)).toEqual([0, -1, -2]);
    expect(await desk.broken()).toEqual([]);
  });

  it("of running machines stays reserved: they stop when their own reserve is used up", async () => {
    const organisationId = await desk.customer(100n + 400n);
    const vmId = await desk.tell({ organisationId }, hoursOn(500));
    await desk.hold(organisationId, vmId, 100n);
    await desk.hold(organisationId, vmId, 400n, "STORAGE_RESERVE");
    await desk.charge(hoursOn(505));
    const row = await desk.wallet(organisationId);
    expect([row.state, row.held]).toEqual(["STOPPED", 400n]);
  });
});
