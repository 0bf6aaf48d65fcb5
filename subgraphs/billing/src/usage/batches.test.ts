import { callerOf, countStatements } from "@tollgate/kit";
import { requestCaller } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { costsThisMonth } from "../machines/costs.js";
import { asAdministrator, system } from "../testing/arrange.js";
import { ChargeDesk, hoursOn } from "../testing/charging.js";
import { chargeUntil, chargeWithin } from "./charge.js";

let desk: ChargeDesk;

beforeAll(async () => {
  desk = await ChargeDesk.start(inject("postgresUrl"));
});
afterAll(() => desk.stop());

/** Customers with money and a running machine each, from an hour on. */
const customers = async (count: number, hour: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const organisationId = await desk.customer(100_000n);
    await desk.tell({ organisationId }, hoursOn(hour));
    ids.push(organisationId);
  }
  return ids;
};

it("hours of many organisations take as many statements as those of one", async () => {
  // Statements are counted of people alone.
  const operator = callerOf(requestCaller({ org: desk.operator, kind: "INTERNAL" }));
  const { database } = desk.billing.subgraph;
  const count = async (ids: readonly string[], hour: number) =>
    (await countStatements(() => database.write(operator, (tx) => chargeWithin(tx, ids, hoursOn(hour))))).length;
  const first = await customers(1, 0);
  const one = await count(first, 24);
  expect(one).toBeGreaterThan(0);
  expect(one).toBeLessThan(50);
  const all = [...first, ...(await customers(9, 24))];
  expect(await count(all, 48)).toBe(one);
  for (const id of all) expect((await desk.wallet(id)).revenue).toBeGreaterThan(0n);
});

it("an organisation that cannot be charged stops no other, and is charged once it can", async () => {
  const [broken = "", ...others] = await customers(4, 60);
  const state = (name: string) =>
    asAdministrator(
      desk.billing.databaseUrl,
      `begin; set local tollgate.path = '/'; update wallet set state = '${name}' where organisation_id = '${broken}'; commit`,
    );
  await state("CLOSED");
  const failures = await chargeUntil(desk.billing.subgraph.database, hoursOn(70));
  expect([...failures.keys()]).toEqual([broken]);
  for (const id of others) expect((await desk.wallet(id)).revenue).toBe(208n);
  expect((await desk.wallet(broken)).revenue).toBe(0n);
  await state("ACTIVE");
  await desk.charge(hoursOn(70));
  expect((await desk.wallet(broken)).revenue).toBe(208n);
  expect(await desk.broken()).toEqual([]);
});

it("a machine's cost of the month begins where the month begins on its organisation's calendar", async () => {
  const organisationId = await desk.customer(100_000n);
  // March begins at 22:00 UTC in Johannesburg, two hours before the histories do.
  const vmId = await desk.tell({ organisationId }, hoursOn(-6));
  await desk.charge(hoursOn(4));
  const costs = await system(desk.billing.subgraph, (tx) => costsThisMonth(tx, [vmId], hoursOn(4)));
  expect(costs.get(vmId)).toEqual({ minorUnits: 125n, currency: "ZAR" });
});
