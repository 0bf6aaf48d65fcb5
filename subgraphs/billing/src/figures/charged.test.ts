import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph } from "../index.js";
import { postEntry, walletFor } from "../ledger/ledger.js";
import type { Account, EntryKind } from "../ledger/ledger.schema.js";
import { credit, system } from "../testing/arrange.js";
import { monthOf, type SpendStep, stepsOf } from "./calendar.js";
import { chargedIn } from "./charged.js";
import { sharesOf } from "./shares.js";
import { sumUpSpend } from "./summing.js";

const HOUR = 3_600_000;
const START = Date.parse("2026-02-20T00:00:00Z");
const HOURS = 100 * 24;
const ZONES = ["Africa/Johannesburg", "Asia/Kolkata", "Europe/Berlin", "Pacific/Chatham", "UTC"] as const;

const tree = testTree();
const wallets: { id: string; organisationId: string }[] = [];
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph(), tree.source);
  for (const organisationId of [tree.customer, tree.sibling]) {
    await credit(billing.subgraph, organisationId, 1_000_000_000n);
    wallets.push({ organisationId, id: await system(billing.subgraph, (tx) => walletFor(tx, organisationId, "ZAR")) });
  }
});
afterAll(() => billing.stop());

interface Written {
  wallet: number;
  kind: EntryKind;
  /** When it counts. */
  at: number;
  net: bigint;
  tax: bigint;
}

/** Everything that was written, by all runs. */
const written: Written[] = [];

const write = (entry: Written) =>
  system(billing.subgraph, async (tx) => {
    const { id: walletId = "", organisationId = "" } = wallets[entry.wallet] ?? {};
    const legs = (
      [
        ["WALLET", -entry.net - entry.tax],
        ["REVENUE", entry.net],
        ["TAX", entry.tax],
      ] as [Account, bigint][]
    )
      .filter(([, amount]) => amount !== 0n)
      .map(([account, amount]) => ({ walletId, account, amount }));
    // Use is charged when its hour is over.
    const eventAt = new Date(entry.kind === "USAGE" ? entry.at + HOUR : entry.at);
    await postEntry(tx, { organisationId, kind: entry.kind, description: "Charge", eventAt, legs });
    written.push(entry);
  });

const edges = ZONES.flatMap((zone) => [1, 2, 3].map((later) => monthOf(zone, new Date(START), later).from.getTime()));
const moments = fc.oneof(
  fc.integer({ min: 0, max: HOURS * 60 }).map((minutes) => START + minutes * 60_000),
  fc.tuple(fc.constantFrom(...edges), fc.constantFrom(-1, 0, 1, -HOUR, HOUR)).map(([edge, apart]) => edge + apart),
);
const amounts = fc.record({ net: fc.bigInt(1n, 50_000n), tax: fc.bigInt(0n, 9_000n) });
const entries: fc.Arbitrary<Written> = fc
  .record({
    wallet: fc.nat(1),
    kind: fc.constantFrom<EntryKind[]>("USAGE", "USAGE", "CAPTURE", "SERVICE", "CREDIT_NOTE"),
    at: moments,
    amounts,
  })
  .map(({ wallet, kind, at, amounts: { net, tax } }) => ({
    wallet,
    kind,
    at: kind === "USAGE" ? Math.floor(at / HOUR) * HOUR : at,
    net: kind === "CREDIT_NOTE" ? -net : net,
    tax: kind === "CREDIT_NOTE" ? -tax : tax,
  }));

const asked = fc.record({
  zone: fc.constantFrom(...ZONES),
  ends: fc.tuple(moments, moments).filter(([from, to]) => from !== to),
  step: fc.constantFrom<SpendStep[]>("HOUR", "DAY", "MONTH"),
});

describe("what wallets were charged", () => {
  it("is what their books say, whatever was summed up, in any zone and by any step", async () => {
    const run = fc.asyncProperty(
      fc.array(fc.oneof({ weight: 9, arbitrary: entries }, fc.constant("sum up" as const)), { maxLength: 30 }),
      asked,
      async (steps, question) => {
        for (const step of steps) await (step === "sum up" ? sumUpSpend(billing.subgraph.database) : write(step));
        const [from, to] = question.ends.toSorted((a, b) => a - b).map((end) => new Date(end)) as [Date, Date]; // two
        const begins = stepsOf(question.zone, { from, to }, question.step, 3_000);
        const found = await system(billing.subgraph, (tx) =>
          chargedIn(
            tx,
            wallets.map(({ id }) => id),
            begins,
            to,
          ),
        );
        wallets.forEach(({ id }, nth) => {
          const expected = begins.map((begin, index) => {
            const end = begins[index + 1] ?? to;
            const within = written.filter(
              ({ wallet, at }) => wallet === nth && at >= begin.getTime() && at < end.getTime(),
            );
            return within.reduce((sum, { net, tax }) => sum + net + tax, 0n);
          });
          expect(found.get(id) ?? begins.map(() => 0n)).toEqual(expected);
        });
      },
    );
    await fc.assert(run, { numRuns: 30 });
  });

  it("comes to the balances of revenue and tax, over all time", async () => {
    await sumUpSpend(billing.subgraph.database);
    await write({ wallet: 0, kind: "CAPTURE", at: START, net: 7n, tax: 1n });
    const ever = await system(billing.subgraph, (tx) =>
      chargedIn(
        tx,
        wallets.map(({ id }) => id),
        [new Date(0)],
        new Date("2100-01-01T00:00:00Z"),
      ),
    );
    const balances = await system(
      billing.subgraph,
      (tx) =>
        tx.sql<
          { id: string; charged: bigint }[]
        >`select id, revenue + tax as charged from wallet where revenue + tax <> 0`,
    );
    expect(Object.fromEntries(ever)).toEqual(Object.fromEntries(balances.map(({ id, charged }) => [id, [charged]])));
  });

  it("is summed up once, also by two at once", async () => {
    await write({ wallet: 1, kind: "SERVICE", at: START + 5, net: 100n, tax: 15n });
    await Promise.all([sumUpSpend(billing.subgraph.database), sumUpSpend(billing.subgraph.database)]);
    const [row] = await system(
      billing.subgraph,
      (tx) => tx.sql<{ summed: bigint; charged: bigint }[]>`
        select (select sum(amount)::bigint from spend_part) as summed, (select sum(revenue + tax)::bigint from wallet) as charged`,
    );
    expect(row?.summed).toBe(row?.charged);
  });
});

describe("shares", () => {
  it("add up to the whole, and none is further than one from its exact part", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 12n), 10n ** 12n),
        fc.array(fc.bigInt(0n, 10n ** 9n), { minLength: 1 }),
        (whole, weights) => {
          const sum = weights.reduce((total, weight) => total + weight, 0n);
          const parts = sharesOf(whole, weights);
          if (sum === 0n) {
            expect(parts.every((part) => part === 0n)).toBe(true);
            return;
          }
          expect(parts.reduce((total, part) => total + part, 0n)).toBe(whole);
          parts.forEach((part, nth) => {
            const apart = part * sum - whole * (weights[nth] ?? 0n);
            expect(apart < sum && apart > -sum).toBe(true);
          });
        },
      ),
    );
    expect(sharesOf(10_000n, [1n, 1n, 1n])).toEqual([3_334n, 3_333n, 3_333n]);
    expect(sharesOf(1n, [])).toEqual([]);
  });
});
