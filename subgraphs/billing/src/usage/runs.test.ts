import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { system } from "../testing/arrange.js";
import { ChargeDesk, hoursOn, START } from "../testing/charging.js";
import { HOUR } from "./runs.js";

let desk: ChargeDesk;

beforeAll(async () => {
  desk = await ChargeDesk.start(inject("postgresUrl"));
});
afterAll(() => desk.stop());

/** What is known of a machine's history, in hours, the oldest first; -1: it goes on. */
const stretchesOf = async (vmId: string) => {
  const rows = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ from_at: string; to_at: string | null; is_on: boolean }[]>`
      select from_at, to_at, is_on from run where vm_id = ${vmId} order by from_at, to_at`,
  );
  const hour = (at: string | null) => (at === null ? -1 : (new Date(at).getTime() - START.getTime()) / HOUR);
  return rows.map((row) => [hour(row.from_at), hour(row.to_at), row.is_on]);
};

it("a machine that stopped for want of money, told late, and resumed has one stretch at a time, charged once", async () => {
  // 20.83 cents an hour, and nothing in reserve: the first hour that is not covered is the last.
  const organisationId = await desk.customer(100n);
  const vmId = await desk.tell({ organisationId }, START);
  await desk.charge(hoursOn(8));
  expect((await desk.wallet(organisationId)).state).toBe("STOPPED");
  expect(await stretchesOf(vmId)).toEqual([
    [0, 5, true],
    [5, -1, false],
  ]);
  await desk.tell({ organisationId, vmId, state: "STOPPED" }, hoursOn(6));
  await desk.tell({ organisationId, vmId, state: "SUSPENDED" }, hoursOn(7));
  await desk.pay(organisationId, 100_000n);
  await desk.recover(organisationId, hoursOn(9));
  await desk.tell({ organisationId, vmId }, hoursOn(9));
  await desk.charge(hoursOn(12));
  expect(await stretchesOf(vmId)).toEqual([
    [0, 5, true],
    [5, 9, false],
    [9, -1, true],
  ]);
  // Eight hours of a processor at 8.33 cents and of memory at 6.94, twelve of storage at 5.56.
  const amounts = [...(await desk.recorded(organisationId))].toSorted();
  expect(amounts).toEqual([
    [`${vmId} MEMORY`, 56n],
    [`${vmId} STORAGE_SSD`, 67n],
    [`${vmId} VCPU`, 67n],
  ]);
  expect(await desk.broken()).toEqual([]);
});

it("what is told of a moment before the end of what is known begins there", async () => {
  const organisationId = await desk.customer(100_000n);
  const vmId = await desk.tell({ organisationId }, hoursOn(20));
  await desk.tell({ organisationId, vmId, isCharged: false }, hoursOn(30));
  await desk.tell({ organisationId, vmId }, hoursOn(25));
  expect(await stretchesOf(vmId)).toEqual([
    [20, 30, true],
    [30, -1, true],
  ]);
});

it("the database refuses a second stretch beside another, whoever writes it, and takes one that follows", async () => {
  const organisationId = await desk.customer(100_000n);
  const vmId = await desk.tell({ organisationId }, hoursOn(10));
  await desk.tell({ organisationId, vmId, state: "STOPPED" }, hoursOn(20));
  const write = (from: number, to: number | null) =>
    system(
      desk.billing.subgraph,
      (tx) => tx.sql`
        insert into run (organisation_id, vm_id, from_at, to_at, is_on, size, version)
          select organisation_id, vm_id, ${hoursOn(from).toISOString()},
              ${to === null ? null : hoursOn(to).toISOString()}, is_on, size, version
            from run where vm_id = ${vmId} and to_at is not null limit 1`,
    );
  const refused = (constraint: string) => expect.objectContaining({ constraint_name: constraint });
  await expect(write(5, null)).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(write(5, 11)).rejects.toEqual(refused("run_beside_check"));
  await expect(write(19, 20)).rejects.toEqual(refused("run_beside_check"));
  await write(5, 10);
  await write(15, 15);
});
