import type { WalletWarning } from "@tollgate/kit/protocol";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { asAdministrator } from "../testing/arrange.js";
import { ChargeDesk, hoursOn, START } from "../testing/charging.js";

let desk: ChargeDesk;

beforeAll(async () => {
  desk = await ChargeDesk.start(inject("postgresUrl"));
});
afterAll(() => desk.stop());

/** An organisation that may use so much on credit, with a running machine. */
const onCredit = async (limit: bigint) => {
  const organisationId = await desk.customer(0n);
  const vmId = await desk.tell({ organisationId }, START);
  const { id } = await desk.wallet(organisationId);
  await asAdministrator(
    desk.billing.databaseUrl,
    `begin; set local tollgate.path = '/'; update wallet set credit_limit = ${limit} where id = '${id}'; commit`,
  );
  await desk.hold(organisationId, vmId, 500n);
  return organisationId;
};

it("use on credit goes down to the limit; there the same warnings, grace and stop follow", async () => {
  const organisationId = await onCredit(500n + 2_100n);
  await desk.charge(hoursOn(100));
  const low = await desk.wallet(organisationId);
  expect([low.state, low.posted - low.held, low.receivable]).toEqual(["LOW", -2_583n, 0n]);
  expect(await desk.warnings(organisationId)).toEqual([72, 24, 6]);
  await desk.charge(hoursOn(124));
  const stopped = await desk.wallet(organisationId);
  expect([stopped.state, stopped.held, stopped.receivable]).toEqual(["STOPPED", 0n, 0n]);
  expect(await desk.stops(organisationId)).toHaveLength(1);
  const warnings = await desk.payloads<WalletWarning>("wallet.warned", organisationId);
  expect(warnings.map(({ hours, isInvoiced }) => [hours, isInvoiced])).toEqual(
    [72, 24, 6, 0, -1].map((hours) => [hours, true]),
  );
});

it("storage beyond the limit is owed together with what was used on credit, and charging goes on", async () => {
  const organisationId = await onCredit(500n + 100n);
  // By the hour, where the credit ends: the wallet's laws hold after each.
  for (let hour = 28; hour <= 40; hour += 1) await desk.charge(hoursOn(hour));
  await desk.charge(hoursOn(200));
  const row = await desk.wallet(organisationId);
  const recorded = [...(await desk.recorded(organisationId)).values()].reduce((sum, amount) => sum + amount, 0n);
  expect([row.state, row.available, row.posted]).toEqual(["STOPPED", 0n, 0n]);
  expect(-row.receivable).toBe(recorded);
  expect(recorded).toBeGreaterThan(row.creditLimit);
  // Paying the debt frees the credit: machines resume as after any top-up.
  await desk.pay(organisationId, recorded);
  await desk.recover(organisationId, hoursOn(200));
  const paid = await desk.wallet(organisationId);
  expect([paid.receivable, paid.available + paid.held]).toEqual([0n, 600n]);
  expect(await desk.broken()).toEqual([]);
});
