import { randomUUID } from "node:crypto";
import type { Currency, SettingKey } from "@tollgate/kit";
import { requestCaller, tellSetting, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { walletFor } from "../ledger/ledger.js";
import {
  ask,
  books,
  buyer,
  issued,
  OrderDesk,
  ordered,
  orderFrom,
  provisioningChanged,
  SMALL,
} from "../testing/orders.js";

const tree = testTree();
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
});
afterAll(() => desk.stop());

const set = (organisationId: string, key: SettingKey, value: unknown) =>
  tellSetting(desk.billing.subgraph, organisationId, key, value);

describe("settings of billing", () => {
  it("make the law of funds ask for a runway of one's own, from the next question on", async () => {
    const as = buyer(tree.otherReseller);
    await desk.pay(tree.otherReseller, 500n);
    const question = `query ($vm: VmConfigInput!) { canProvision(input: { vm: $vm }) { allowed runwayHours needed { minorUnits } } }`;
    const asked = async () =>
      (await ask<{ canProvision: object }>(desk.billing, question, { vm: SMALL }, as)).canProvision;
    expect(await asked()).toEqual({ allowed: false, runwayHours: 720, needed: { minorUnits: "15000" } });
    await set(tree.operator, "billing.runwayHours", 24);
    expect(await asked()).toEqual({ allowed: true, runwayHours: 24, needed: { minorUnits: "500" } });
    await set(tree.otherReseller, "billing.runwayHours", 48);
    expect(await asked()).toEqual({ allowed: false, runwayHours: 48, needed: { minorUnits: "1000" } });
    await set(tree.otherReseller, "billing.runwayHours", undefined);
    expect(await orderFrom(desk.billing, as, await issued(desk.billing, as))).toMatchObject({
      state: "PLACED",
      hold: { amount: { minorUnits: "500" } },
    });
    await set(tree.operator, "billing.runwayHours", undefined);
  });

  it("keep of an order what there is for the machine's reserve where grace is longer than the runway", async () => {
    const organisationId = tree.otherCustomer;
    await set(tree.operator, "billing.runwayHours", 2);
    await desk.pay(organisationId, 100n);
    const id = await ordered(desk.billing, buyer(organisationId));
    await desk.receive(provisioningChanged(organisationId, id, "RUNNING", randomUUID()));
    // The first hour is 21 cents; a day of grace would be 500.
    expect(await books(desk.billing.subgraph, organisationId)).toMatchObject({
      revenue: 21n,
      held: 79n,
      available: 0n,
    });
    await set(tree.operator, "billing.runwayHours", undefined);
  });

  it("limit what a manual payment into a wallet in rand may be", async () => {
    await set(tree.reseller, "billing.topUpMinimum", { minorUnits: "20000", currency: "ZAR" });
    await desk.pay(tree.customer, 1n);
    expect(await options("ZAR")).toEqual([{ minimum: { minorUnits: "20000" }, maximum: { minorUnits: "50000000" } }]);
  });

  it.each([
    ["IDR", "1000000", "1000000000"],
    ["USD", "500", "2500000"],
    ["EUR", "500", "2500000"],
    ["PKR", "50000", "500000000"],
  ] as const)("limit payments into a wallet in %s by amounts of that currency", async (currency, least, most) => {
    expect(await options(currency)).toEqual([{ minimum: { minorUnits: least }, maximum: { minorUnits: most } }]);
    const key = `billing.topUpMaximum${currency[0]}${currency.slice(1).toLowerCase()}` as SettingKey; // as they are named
    await set(tree.reseller, key, { minorUnits: "3000000", currency });
    expect(await options(currency)).toEqual([{ minimum: { minorUnits: least }, maximum: { minorUnits: "3000000" } }]);
  });
});

/** Limits of each way to pay into the customer's wallet in this currency. */
const options = async (currency: Currency): Promise<object[]> => {
  const id = await desk.billing.subgraph.database.system("test", (tx) => walletFor(tx, tree.customer, currency));
  const { topUpOptions } = await ask<{ topUpOptions: object[] }>(
    desk.billing,
    "query ($id: ID!) { topUpOptions(walletId: $id) { minimum { minorUnits } maximum { minorUnits } } }",
    { id },
    requestCaller({ org: tree.customer, permissions: ["wallet:topUp", "wallet:read"] }),
  );
  return topUpOptions;
};
