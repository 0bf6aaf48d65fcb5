import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { asAdministrator, system } from "../testing/arrange.js";
import { endAll, setWallet, standingOf, subscribed } from "../testing/services.js";
import { Shop, shopper } from "../testing/shop.js";
import { renewDue } from "./renewals.js";
import { warnOfEnds } from "./warnings.js";

const tree = testTree();
const HOUR = 60;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
let shop: Shop;
let care: string;
let hourly: string;

beforeAll(async () => {
  shop = await Shop.start(inject("postgresUrl"), tree);
  care = await shop.offer(tree.reseller);
  const price = { minorUnits: 100n, currency: "ZAR" } as const;
  hourly = await shop.offer(tree.reseller, { name: "By the hour", interval: "HOURLY", price });
});
afterAll(() => shop.stop());
beforeEach(async () => {
  await endAll(shop);
  await setWallet(shop, tree.customer, 100_000n);
});

const available = async () => (await shop.desk.books(tree.customer)).available;
const renewing = () => renewDue(shop.subgraph.database, shop.clock.now());
const renew = async () => expect(await renewing()).toEqual(new Map());
/** What people were told of a subscription, in order. */
const told = (id: string) =>
  system(shop.subgraph, async (tx) => {
    const rows = await tx.sql<{ change: string }[]>`select payload ->> 'change' as change from outbox
      where aggregate_id = ${id} and type = 'serviceSubscription.changed' order by aggregate_version`;
    return rows.map(({ change }) => change);
  });

describe("the renewal of a service subscription", () => {
  it("takes each period once, however often it is done, by however many at once, and after days of downtime", async () => {
    const [one, other] = [await subscribed(shop, tree, hourly), await subscribed(shop, tree, hourly, 2)];
    expect(await available()).toBe(99_700n);
    shop.clock.forward(DAY + 30);
    await Promise.all([renewing(), renewing(), renewing()]);
    await renew();
    // 24 full hours have passed since the first one was paid.
    expect(await available()).toBe(100_000n - 25n * 300n);
    for (const id of [one, other]) {
      const { current_period_end: end } = await standingOf(shop, id);
      expect(new Date(end).getTime() - shop.clock.now().getTime()).toBe(30 * 60_000);
    }
    const counts = await system(
      shop.subgraph,
      (tx) => tx.sql<{ n: bigint }[]>`select count(*) as n from service_charge where service_subscription_id = ${one}`,
    );
    expect(counts[0]?.n).toBe(25n);
  });

  it("counts the price of its own beginning: a new one from the next renewal on, also where that comes late", async () => {
    const itemId = await shop.offer(tree.reseller, { name: "Dearer" });
    const id = await subscribed(shop, tree, itemId);
    shop.clock.forward(MONTH + DAY);
    const price = { minorUnits: "20000", currency: "ZAR" };
    await shop.change("updateCatalogueItem", { itemId, price }, shopper(tree.reseller));
    await renew();
    // It was due a day before the price changed.
    expect(await standingOf(shop, id)).toMatchObject({ unit_price: 10_000n, version: 1 });
    expect(await available()).toBe(80_000n);
    shop.clock.forward(MONTH);
    await renew();
    expect(await standingOf(shop, id)).toMatchObject({ unit_price: 20_000n, version: 2 });
    expect(await available()).toBe(60_000n);
  });

  it("goes on for items that were retired", async () => {
    const itemId = await shop.offer(tree.reseller, { name: "Old" });
    const id = await subscribed(shop, tree, itemId);
    await shop.change("retireCatalogueItem", { itemId }, shopper(tree.reseller));
    shop.clock.forward(MONTH);
    await renew();
    expect(await standingOf(shop, id)).toMatchObject({ state: "ACTIVE" });
    expect(await available()).toBe(80_000n);
  });

  it("takes nothing where the money is too little, and all of it once there is enough", async () => {
    const id = await subscribed(shop, tree, care);
    await setWallet(shop, tree.customer, 9_999n);
    shop.clock.forward(MONTH);
    await renew();
    await renew();
    expect(await standingOf(shop, id)).toMatchObject({ state: "PAST_DUE" });
    expect(await available()).toBe(9_999n);
    expect(
      await shop.change(
        "changeServiceSubscription",
        { serviceSubscriptionId: id, quantity: 2 },
        shopper(tree.customer),
      ),
    ).toMatchObject({ code: "CONFLICT" });
    await setWallet(shop, tree.customer, 10_001n);
    shop.clock.forward(2 * DAY);
    await renew();
    expect(await standingOf(shop, id)).toMatchObject({ state: "ACTIVE" });
    expect(await available()).toBe(1n);
    expect(await told(id)).toEqual(["PAST_DUE"]);
  });

  it("is given up when grace is over, which begins when somebody tried first", async () => {
    const id = await subscribed(shop, tree, care);
    await setWallet(shop, tree.customer, 0n);
    shop.clock.forward(MONTH + 10 * DAY);
    await renew();
    expect(await standingOf(shop, id)).toMatchObject({ state: "PAST_DUE" });
    shop.clock.forward(3 * DAY - 1);
    await renew();
    expect(await standingOf(shop, id)).toMatchObject({ state: "PAST_DUE" });
    shop.clock.forward(1);
    await renew();
    expect(await standingOf(shop, id)).toMatchObject({ state: "CANCELLED" });
    await setWallet(shop, tree.customer, 100_000n);
    shop.clock.forward(DAY);
    await renew();
    expect(await available()).toBe(100_000n);
    expect(await told(id)).toEqual(["PAST_DUE", "UNPAID"]);
  });

  it("that fails in the middle leaves nothing half, and stops no other", async () => {
    const [broken, fine] = [await subscribed(shop, tree, care), await subscribed(shop, tree, care)];
    shop.clock.forward(MONTH);
    await asAdministrator(
      shop.desk.billing.databaseUrl,
      `create function break_one() returns trigger language plpgsql as $f$ begin
         if new.service_subscription_id = '${broken}' then raise exception 'killed'; end if; return new; end $f$;
       create trigger break_one before insert on service_charge for each row execute function break_one()`,
    );
    expect([...(await renewing()).keys()]).toEqual([broken]);
    expect(await available()).toBe(70_000n);
    expect((await standingOf(shop, fine)).current_period_start).not.toBe(
      (await standingOf(shop, broken)).current_period_start,
    );
    await asAdministrator(
      shop.desk.billing.databaseUrl,
      "drop trigger break_one on service_charge; drop function break_one",
    );
    await renew();
    expect(await available()).toBe(60_000n);
  });
});

describe("seven days before a period ends", () => {
  const warn = () => warnOfEnds(shop.subgraph.database, shop.clock.now());

  it("those are warned, once, whose money does not reach for the next one", async () => {
    const [first, second] = [await subscribed(shop, tree, care), await subscribed(shop, tree, care)];
    await setWallet(shop, tree.customer, 15_000n);
    shop.clock.forward(MONTH - 7 * DAY - 1);
    expect(await warn()).toBe(0);
    shop.clock.forward(1);
    expect(await warn()).toBe(1);
    expect(await warn()).toBe(0);
    expect([await told(first), await told(second)]).toEqual([[], ["UNCOVERED"]]);
    await setWallet(shop, tree.customer, 0n);
    expect(await warn()).toBe(1);
    expect(await told(first)).toEqual(["UNCOVERED"]);
  });

  it("those are told of the end whose subscription was cancelled", async () => {
    const id = await subscribed(shop, tree, care);
    await shop.change("cancelServiceSubscription", { serviceSubscriptionId: id }, shopper(tree.customer));
    shop.clock.forward(MONTH - DAY);
    expect(await warn()).toBe(1);
    expect(await warn()).toBe(0);
    shop.clock.forward(DAY);
    await renew();
    expect(await told(id)).toEqual(["ENDING", "ENDED"]);
  });
});
