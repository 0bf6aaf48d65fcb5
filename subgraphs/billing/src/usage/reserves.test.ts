import { callerOf, countStatements, type Tx } from "@tollgate/kit";
import { requestCaller } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { vmChanged } from "../testing/arrange.js";
import { ChargeDesk, hoursOn, START } from "../testing/charging.js";
import { recover } from "./recover.js";
import { followRun } from "./runs.js";
import { reserveUnderLock } from "./storage.js";

let desk: ChargeDesk;

beforeAll(async () => {
  desk = await ChargeDesk.start(inject("postgresUrl"));
});
afterAll(() => desk.stop());

/** Statements are counted of people alone. */
const count = async (work: (tx: Tx) => Promise<unknown>): Promise<number> => {
  const operator = callerOf(requestCaller({ org: desk.operator, kind: "INTERNAL" }));
  return (await countStatements(() => desk.billing.subgraph.database.write(operator, work))).length;
};

/** Whose machines run from the beginning on. */
const customerWith = async (machines: number, cents: bigint) => {
  const organisationId = await desk.customer(cents);
  const vmIds: string[] = [];
  for (let nth = 0; nth < machines; nth += 1) vmIds.push(await desk.tell({ organisationId }, START));
  return { organisationId, vmIds, walletId: (await desk.wallet(organisationId)).id };
};

it("filling the reserves of many machines again takes as many statements as that of one", async () => {
  const resumed = async (machines: number) => {
    const { organisationId, walletId } = await customerWith(machines, 1n);
    await desk.charge(hoursOn(3));
    expect((await desk.wallet(organisationId)).state).toBe("STOPPED");
    await desk.pay(organisationId, 1_000_000n);
    const statements = await count((tx) => recover(tx, walletId, hoursOn(3)));
    const { state, held } = await desk.wallet(organisationId);
    return { statements, state, each: held / BigInt(machines) };
  };
  const one = await resumed(1);
  expect(one).toMatchObject({ state: "ACTIVE", each: 500n });
  expect(await resumed(5)).toEqual(one);
});

it("setting aside for the storage of many machines takes as many statements as for that of one", async () => {
  const setAside = async (machines: number) => {
    const { organisationId, walletId } = await customerWith(machines, 1_000_000n);
    const statements = await count((tx) => reserveUnderLock(tx, walletId, START));
    return { statements, each: (await desk.wallet(organisationId)).held / BigInt(machines) };
  };
  const one = await setAside(1);
  expect(one.each).toBe(400n);
  expect(await setAside(5)).toEqual(one);
});

it("a machine that is gone gives back many reserves with as many statements as one", async () => {
  const givenBack = async (reserves: number) => {
    const { organisationId, vmIds } = await customerWith(1, 1_000_000n);
    const [vmId = ""] = vmIds;
    for (let nth = 0; nth < reserves; nth += 1) await desk.hold(organisationId, vmId, 100n);
    const gone = vmChanged({ organisationId, vmId, state: "DELETED" });
    const statements = await count((tx) => followRun(tx, gone, hoursOn(1)));
    return { statements, held: (await desk.wallet(organisationId)).held };
  };
  const one = await givenBack(1);
  expect(one.held).toBe(0n);
  expect(await givenBack(5)).toEqual(one);
  expect(await desk.broken()).toEqual([]);
});
