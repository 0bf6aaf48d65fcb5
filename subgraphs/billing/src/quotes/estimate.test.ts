import { randomUUID } from "node:crypto";
import { TestSubgraph, testTree } from "@tollgate/kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { billingSubgraph, demoPriceList, seedBilling } from "../index.js";
import { spread } from "../prices/calculation.js";
import { add, fraction, rounded } from "../prices/fraction.js";
import { credit, listOf } from "../testing/arrange.js";
import { ask, buyer, SMALL, TestClock } from "../testing/orders.js";

const tree = testTree();
const clock = new TestClock();
let billing: TestSubgraph;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: clock.now }), tree.source);
  const priceLists = [
    demoPriceList(randomUUID(), tree.operator, new Date("2026-01-01T00:00:00Z")),
    listOf(tree.sibling, { tierAdjustmentBasisPoints: -500, markupBasisPoints: 1_000 }),
  ];
  await seedBilling(billing.subgraph, { priceLists, credits: [] });
});
afterAll(() => billing.stop());

interface Price {
  lines: {
    kind: string;
    description: string;
    quantity: string;
    unitPrice: { minorUnits: string } | null;
    amount: { minorUnits: string };
  }[];
  total: { minorUnits: string };
  perHour: { minorUnits: string };
}

const ESTIMATE = `query ($input: EstimateCostInput!) { estimateCost(input: $input) { total { minorUnits } perHour { minorUnits }
  tax { minorUnits } lines { kind description quantity unitPrice { minorUnits } amount { minorUnits } } } }`;

const estimate = async (vm: object, interval = "MONTHLY", org = tree.customer): Promise<Price> =>
  (await ask<{ estimateCost: Price }>(billing, ESTIMATE, { input: { vm, interval } }, buyer(org))).estimateCost;

const sum = ({ lines }: Price) => lines.reduce((total, line) => total + BigInt(line.amount.minorUnits), 0n);

describe("an estimate", () => {
  it("of small is R150 a month, step by step, and R1,825 a year", async () => {
    const month = await estimate(SMALL);
    expect(month.total.minorUnits).toBe("15000");
    expect(month.perHour.minorUnits).toBe("21");
    expect(month.lines.map(({ description, quantity, amount }) => [description, quantity, amount.minorUnits])).toEqual([
      ["vCPU", "1", "6000"],
      ["Memory", "2", "5000"],
      ["SSD storage", "25", "4000"],
    ]);
    expect((await estimate(SMALL, "ANNUAL")).total.minorUnits).toBe("182500");
  });

  it("adds up to the total exactly, though an hour of each part is a fraction of a cent", async () => {
    const hour = await estimate({ ...SMALL, bandwidthMbit: 10, backup: true }, "HOURLY");
    expect(sum(hour)).toBe(BigInt(hour.total.minorUnits));
    expect(hour.lines.map(({ kind }) => kind)).toEqual(["BASE", "BASE", "BASE", "BASE", "SERVICE"]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -100_000, max: 100_000 }), fc.integer({ min: 1, max: 9_000 })), {
          minLength: 1,
        }),
        (parts) => {
          const exact = parts.map(([top, bottom]) => fraction(BigInt(top), BigInt(bottom)));
          const amounts = spread(exact);
          expect(amounts.reduce((total, one) => total + one, 0n)).toBe(rounded(exact.reduce(add)));
          for (const [index, amount] of amounts.entries()) {
            const { numerator = 0n, denominator = 1n } = exact[index] ?? {};
            const distance = amount * denominator - numerator;
            expect(distance <= denominator && -distance <= denominator).toBe(true);
          }
        },
      ),
    );
  });

  it("shows the list's adjustment and the discount for the last 30 days' spend as lines", async () => {
    const before = await estimate(SMALL, "MONTHLY", tree.sibling);
    expect(before.lines.at(-1)).toMatchObject({ kind: "TIER_ADJUSTMENT", amount: { minorUnits: "-825" } });
    expect(before.total.minorUnits).toBe("15675");
    const { walletId } = await credit(billing.subgraph, tree.sibling, 2_000_000n);
    await billing.subgraph.database.system(
      "tests",
      (tx) => tx.sql`
      select post_entry(${randomUUID()}, ${tree.sibling}, 'USAGE', 'Usage', ${clock.now().toISOString()}, null,
        array[${walletId}, ${walletId}]::uuid[], array['WALLET', 'REVENUE'], array[-1500000, 1500000]::bigint[])`,
    );
    // Every hour of a day costs the same, so what is spent today counts from tomorrow on.
    expect((await estimate(SMALL, "MONTHLY", tree.sibling)).total.minorUnits).toBe("15675");
    clock.forward(24 * 60);
    const after = await estimate(SMALL, "MONTHLY", tree.sibling);
    expect(after.lines.at(-1)).toMatchObject({ kind: "VOLUME_DISCOUNT", amount: { minorUnits: "-784" } });
    expect(sum(after)).toBe(BigInt(after.total.minorUnits));
    clock.forward(31 * 24 * 60);
    expect((await estimate(SMALL, "MONTHLY", tree.sibling)).total.minorUnits).toBe("15675");
  });

  it("takes from the template what is left out, and refuses what is malformed or has no price", async () => {
    expect((await estimate({ ...SMALL, vcpus: 2 })).total.minorUnits).toBe("21000");
    const codes = async (vm: object) => {
      const { errors } = await billing.execute(ESTIMATE, { input: { vm, interval: "MONTHLY" } }, buyer(tree.customer));
      return errors?.[0]?.extensions?.["code"];
    };
    expect(await codes({ name: "web", image: "Debian 13" })).toBe("INVALID_INPUT");
    expect(await codes({ ...SMALL, vcpus: 0 })).toBe("INVALID_INPUT");
    expect(await codes({ ...SMALL, templateId: randomUUID() })).toBe("INVALID_INPUT");
    expect(await codes({ ...SMALL, licences: ["windows"] })).toBe("INVALID_INPUT");
    expect(await codes({ ...SMALL, name: "" })).toBe("INVALID_INPUT");
  });

  it("offers four templates with the prices of the organisation asked about", async () => {
    const document =
      "query ($id: ID) { vmTemplates(organisationId: $id) { id name vcpus monthly { minorUnits } hourly { minorUnits } } }";
    const { vmTemplates } = await ask<{ vmTemplates: { monthly: { minorUnits: string } }[] }>(
      billing,
      document,
      {},
      buyer(tree.customer),
    );
    expect(vmTemplates.map(({ monthly }) => monthly.minorUnits)).toEqual(["15000", "30000", "60000", "120000"]);
    const { errors } = await billing.execute(document, { id: tree.sibling }, buyer(tree.customer));
    expect(errors?.[0]?.extensions?.["code"]).toBe("NOT_FOUND");
  });
});
