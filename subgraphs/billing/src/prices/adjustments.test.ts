import { randomUUID } from "node:crypto";
import { callerOf, countStatements, type Tx } from "@tollgate/kit";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { sumUpSpend } from "../figures/summing.js";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { postEntry, walletFor } from "../ledger/ledger.js";
import { putTaxRate } from "../tax/setting.js";
import { credit, listOf, system } from "../testing/arrange.js";
import { Adjusting, adjustmentsThrough } from "./adjustments.js";
import { pricesInForce, pricesThrough, publishPriceList } from "./prices.js";

const DAY = 86_400_000;
const HOUR = DAY / 24;
const NOON = new Date("2026-06-15T12:00:00Z");
const day = (number: number): Date => new Date(Date.parse("2026-06-15T00:00:00Z") + number * DAY);
const tree = testTree();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => NOON }), tree.source);
  const priceLists = [demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z"))];
  await seedBilling(billing.subgraph, { priceLists, credits: [] });
  for (const organisationId of [tree.customer, tree.sibling, tree.reseller]) {
    await credit(billing.subgraph, organisationId, 10n ** 10n);
  }
});

afterAll(() => billing.stop());

const spend = async (tx: Tx, organisationId: string, amount: bigint, eventAt: Date): Promise<void> => {
  const walletId = await walletFor(tx, organisationId, "ZAR");
  const legs = [
    { walletId, account: "WALLET" as const, amount: -amount - 7n },
    { walletId, account: "REVENUE" as const, amount },
    { walletId, account: "TAX" as const, amount: 7n },
  ];
  await postEntry(tx, { organisationId, kind: "USAGE", description: "Use", eventAt, legs });
};

test("the discount for volume follows from the net spend of the 30 days before the day, whatever the hour", async () => {
  await system(billing.subgraph, async (tx) => {
    await spend(tx, tree.customer, 5_000_000n, day(-31)); // gone
    await spend(tx, tree.customer, 400_000n, day(-30)); // the last moment of the day before the 30
    await spend(tx, tree.customer, 999_999n, new Date(day(-30).getTime() + 1));
    await spend(tx, tree.customer, 1n, day(0)); // the end of the last hour of yesterday
    await spend(tx, tree.customer, 9_000_000n, new Date(day(0).getTime() + HOUR)); // today: from tomorrow on
    const at = await adjustmentsThrough(tx, tree.customer, "ZAR", day(0), day(2));
    for (const hour of [0, 11, 23]) {
      const found = await at(new Date(day(0).getTime() + hour * HOUR));
      expect(found).toMatchObject({ spend: 1_000_000n, volumeBasisPoints: 500 });
    }
    expect(await at(day(1))).toMatchObject({ spend: 9_000_001n, volumeBasisPoints: 1_000 });
    const elsewhere = await adjustmentsThrough(tx, tree.customer, "USD", day(0), day(2));
    expect(await elsewhere(day(0))).toMatchObject({ volumeBasisPoints: 0 });
  });
});

test("what is charged on the way counts as if it had been read, however the stretch is cut", async () => {
  const charges = fc.array(fc.tuple(fc.integer({ min: 1, max: 240 }), fc.bigInt(1n, 3_000_000n)), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(charges, fc.integer({ min: 1, max: 10 }), async (wanted, daysAtOnce) => {
      const rolledBack = new Error("leave no trace");
      const work = system(billing.subgraph, async (tx) => {
        const at = (hours: number) => new Date(day(40).getTime() + hours * HOUR);
        const prices = (await pricesInForce(tx, [tree.sibling], at(0))).get(tree.sibling);
        if (!prices) throw new Error("no prices");
        const told: bigint[] = [];
        for (let from = 0; from < 10; from += daysAtOnce) {
          const adjusting = await Adjusting.read(tx, [tree.sibling], at(from * 24), at((from + daysAtOnce) * 24));
          for (let hour = from * 24; hour < (from + daysAtOnce) * 24; hour += 1) {
            if (hour % 24 === 0) told.push(adjusting.at(tree.sibling, prices, at(hour)).spend);
            for (const [end, amount] of wanted) {
              if (end === hour + 1) adjusting.charged(tree.sibling, "ZAR", at(end), amount);
            }
          }
          for (const [end, amount] of wanted) {
            if (end > from * 24 && end <= (from + daysAtOnce) * 24) await spend(tx, tree.sibling, amount, at(end));
          }
        }
        for (const [index, sum] of told.slice(0, 10).entries()) {
          const before = wanted.filter(([end]) => end <= index * 24);
          expect(sum).toBe(before.reduce((all, [, amount]) => all + amount, 0n));
        }
        throw rolledBack;
      });
      await expect(work).rejects.toBe(rolledBack);
    }),
    { numRuns: 15, seed: 11 },
  );
});

test("what was charged counts the same, whenever it is summed up by days", async () => {
  const organisationId = tree.reseller;
  const moment = fc
    .integer({ min: 0, max: 45 * 24 * 2 })
    .map((halves) => new Date(day(-50).getTime() + (halves * HOUR) / 2));
  const charges = fc.array(fc.record({ at: moment, amount: fc.bigInt(1n, 900_000n), isSummedUp: fc.boolean() }), {
    maxLength: 8,
  });
  const known: { at: Date; amount: bigint }[] = [];
  const prices = await system(billing.subgraph, (tx) => pricesInForce(tx, [organisationId], NOON));
  const own = prices.get(organisationId);
  if (!own) throw new Error("no prices");
  await fc.assert(
    fc.asyncProperty(charges, fc.integer({ min: -40, max: 10 }), async (wanted, from) => {
      for (const { at, amount, isSummedUp } of wanted) {
        known.push({ at, amount });
        await system(billing.subgraph, (tx) => spend(tx, organisationId, amount, at));
        if (isSummedUp) await sumUpSpend(billing.subgraph.database);
      }
      const adjusting = await system(billing.subgraph, (tx) =>
        Adjusting.read(tx, [organisationId], day(from), day(from + 3)),
      );
      for (const today of [from, from + 2]) {
        const counted = known.filter(({ at }) => at > day(today - 30) && at <= day(today));
        expect(adjusting.at(organisationId, own, day(today)).spend).toBe(
          counted.reduce((sum, one) => sum + one.amount, 0n),
        );
      }
    }),
    { numRuns: 20, seed: 5 },
  );
});

test("a new list and a new tax count from their hour on, and not in the one before", async () => {
  const organisationId = tree.otherCustomer;
  await system(billing.subgraph, async (tx) => {
    const [listFrom, taxFrom] = [new Date(day(3).getTime() + 5 * HOUR), new Date(day(3).getTime() + 7 * HOUR)];
    const rates = [{ resource: "VCPU" as const, minorUnits: 9_000n, perHours: 720 }];
    await publishPriceList(tx, listOf(organisationId, { name: "Dearer", effectiveFrom: listFrom, rates }), NOON);
    await putTaxRate(tx, tree.operator, { country: "ZA", name: "VAT", basisPoints: 1_500, effectiveFrom: taxFrom });
    const pricesAt = await pricesThrough(tx, organisationId, day(3), day(4));
    const seen: unknown[] = [];
    for (const hour of [4, 5, 6, 7, 8]) {
      const prices = await pricesAt(new Date(day(3).getTime() + hour * HOUR));
      seen.push([prices?.list.name, prices?.tax?.basisPoints ?? null]);
    }
    expect(seen).toEqual([
      ["Standard", null],
      ["Dearer", null],
      ["Dearer", null],
      ["Dearer", 1_500],
      ["Dearer", 1_500],
    ]);
  });
});

test("many organisations are read with as many statements as one", async () => {
  // Statements are counted of people alone.
  const operator = callerOf(requestCaller({ org: tree.operator, kind: "INTERNAL" }));
  const { database } = billing.subgraph;
  const count = (organisationIds: string[]) =>
    countStatements(() => database.read(operator, (tx) => Adjusting.read(tx, organisationIds, day(0), day(7))));
  const one = await count([tree.customer]);
  expect(one.length).toBeGreaterThan(0);
  expect((await count([tree.customer, tree.sibling, tree.otherCustomer, tree.reseller])).length).toBe(one.length);
});
