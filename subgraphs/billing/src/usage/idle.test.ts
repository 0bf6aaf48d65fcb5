import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { system } from "../testing/arrange.js";
import { ChargeDesk, hoursOn, START } from "../testing/charging.js";
import { recoverAll } from "./recover.js";
import { reserveStorage } from "./storage.js";

let desk: ChargeDesk;

beforeAll(async () => {
  desk = await ChargeDesk.start(inject("postgresUrl"));
});
afterAll(() => desk.stop());

/** Work while somebody else holds the wallets: whoever wanted one of them would wait for ever. */
const besideLocks = async <T>(walletIds: readonly string[], work: () => Promise<T>): Promise<T> =>
  await system(desk.billing.subgraph, async (tx) => {
    for (const id of [...walletIds].sort()) {
      await tx.sql`select id from lock_reserves(${id})`;
      await tx.sql`select id from lock_wallet(${id})`;
    }
    return { done: await work() };
  }).then(({ done }) => done);

/** With one running machine since the beginning, charged for 20 hours at 20.83 cents. @returns its organisation. */
const customerWith = async (cents: bigint): Promise<string> => {
  const organisationId = await desk.customer(cents);
  await desk.tell({ organisationId }, START);
  await desk.charge(hoursOn(20));
  return organisationId;
};

const recover = () => recoverAll(desk.billing.subgraph.database, hoursOn(21));

it("wallets from whose recovery nothing would come are not even locked; those that have money again are recovered", async () => {
  const warned = await customerWith(1_000n);
  const stopped = await customerWith(100n);
  const owing = await customerWith(1n);
  const wallets = await Promise.all([warned, stopped, owing].map((id) => desk.wallet(id)));
  expect(wallets.map(({ state }) => state)).toEqual(["LOW", "STOPPED", "STOPPED"]);
  const ids = wallets.map(({ id }) => id);
  expect(await besideLocks(ids, recover)).toEqual(new Map());
  for (const organisationId of [warned, stopped, owing]) await desk.pay(organisationId, 10_000n);
  expect(await recover()).toEqual(new Map());
  const again = await Promise.all([warned, stopped, owing].map((id) => desk.wallet(id)));
  expect(again.map(({ state, receivable }) => [state, receivable])).toEqual(Array(3).fill(["ACTIVE", 0n]));
});

it("wallets that have too little for the storage of their machines are not locked each hour; with more they set it aside", async () => {
  const organisationId = await customerWith(2_200n);
  const { id } = await desk.wallet(organisationId);
  const reserve = () => reserveStorage(desk.billing.subgraph.database, hoursOn(21));
  // Three days of 25 GB are 400 cents, beside 1,500 for three days of everything.
  expect(await besideLocks([id], reserve)).toEqual(new Map());
  await desk.pay(organisationId, 1_000n);
  expect(await reserve()).toEqual(new Map());
  expect((await desk.wallet(organisationId)).held).toBe(400n);
});
