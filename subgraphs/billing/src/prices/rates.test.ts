import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BYTES_PER_GB, costPerHour, cumulativeCharge, HOURS_PER_MONTH, type MachineSize } from "./cost.js";
import { demoPriceList, TEMPLATE_SIZES } from "./demo.js";
import { add, adjusted, fraction, multiply, rounded } from "./fraction.js";
import type { PriceListRow, RateRow } from "./price.schema.js";
import { amountForHours, type ListPrices, pricesOf, type WrittenPrices } from "./rates.js";

type RateOf = Pick<RateRow, "resource" | "minorUnits" | "perHours"> & { code?: string };

const written = (rates: readonly RateOf[], list: Partial<PriceListRow> = {}): WrittenPrices => {
  const row: PriceListRow = {
    id: "list",
    organisationId: "organisation",
    name: "List",
    currency: "ZAR",
    version: 1,
    publishedAt: null,
    effectiveFrom: null,
    effectiveTo: null,
    markupBasisPoints: 0,
    tierAdjustmentBasisPoints: 0,
    ...list,
  };
  const owner = { organisationId: row.organisationId, priceListId: row.id };
  return { list: row, rates: rates.map((rate) => ({ code: "", ...rate, ...owner })), volumeTiers: [] };
};

const demo = written(demoPriceList("list", "operator", new Date(0)).rates);

const template = ({ vcpus, memoryGb, storageGb, storage }: (typeof TEMPLATE_SIZES)[number]): MachineSize => ({
  vcpus,
  memoryBytes: BigInt(memoryGb) * BYTES_PER_GB,
  disks: [{ sizeBytes: BigInt(storageGb) * BYTES_PER_GB, storage }],
});

const hourly = (prices: ListPrices, size: MachineSize, isOn = true) => {
  const cost = costPerHour(prices, size, isOn);
  if (!cost) throw new Error("no price");
  return cost;
};

/** What is charged hour by hour: the rounded sum so far less what was charged before. */
const chargedHourly = (perHour: ReturnType<typeof hourly>, hours: bigint): bigint => {
  let charged = 0n;
  for (let hour = 1n; hour <= hours; hour += 1n) {
    const charge = cumulativeCharge(perHour, hour * 60n) - charged;
    expect(charge).toBeGreaterThanOrEqual(0n);
    charged += charge;
  }
  return charged;
};

describe("the demo list", () => {
  it.each(TEMPLATE_SIZES)("makes 720 hours of $name exactly its monthly price, charged hour by hour", (size) => {
    const perHour = hourly(pricesOf([demo]), template(size));
    expect(rounded(multiply(perHour, fraction(HOURS_PER_MONTH, 1n)))).toBe(size.monthlyMinorUnits);
    expect(chargedHourly(perHour, HOURS_PER_MONTH)).toBe(size.monthlyMinorUnits);
  });

  it("charges a stopped machine for its storage alone", () => {
    const [small] = TEMPLATE_SIZES.map(template);
    if (!small) throw new Error("no template");
    const perHour = hourly(pricesOf([demo]), small, false);
    expect(chargedHourly(perHour, HOURS_PER_MONTH)).toBe(4_000n);
    expect(rounded(perHour)).toBe(6n);
  });
});

describe("charging by the cumulative sum", () => {
  const rates = fc.array(
    fc.record({ minorUnits: fc.bigInt(0n, 10_000_000n), perHours: fc.constantFrom(1, 24, 720, 8_760) }),
    { minLength: 3, maxLength: 3 },
  );
  const sizes = fc.record({
    vcpus: fc.integer({ min: 1, max: 64 }),
    memoryBytes: fc.bigInt(1n, 512n * BYTES_PER_GB),
    disks: fc.array(
      fc.record({ sizeBytes: fc.bigInt(1n, 4_096n * BYTES_PER_GB), storage: fc.constant("SSD" as const) }),
      {
        maxLength: 3,
      },
    ),
  });
  const pricesFrom = (numbers: { minorUnits: bigint; perHours: number }[]) => {
    const resources = ["VCPU", "MEMORY", "STORAGE_SSD"] as const;
    return pricesOf([
      written(resources.map((resource, i) => ({ resource, ...(numbers[i] ?? { minorUnits: 0n, perHours: 1 }) }))),
    ]);
  };

  it("of any machine at any rate adds up to the month, however the month is cut", () => {
    const cuts = fc.uniqueArray(fc.bigInt(1n, HOURS_PER_MONTH * 60n - 1n), { maxLength: 20 });
    fc.assert(
      fc.property(rates, sizes, cuts, (numbers, size, minutes) => {
        const perHour = hourly(pricesFrom(numbers), size);
        const month = rounded(multiply(perHour, fraction(HOURS_PER_MONTH, 1n)));
        const moments = [...minutes].sort((a, b) => (a < b ? -1 : 1));
        let charged = 0n;
        for (const minute of [...moments, HOURS_PER_MONTH * 60n]) {
          const charge = cumulativeCharge(perHour, minute) - charged;
          expect(charge).toBeGreaterThanOrEqual(0n);
          charged += charge;
        }
        expect(charged).toBe(month);
      }),
    );
  });

  it("never costs a running machine less than a stopped one", () => {
    fc.assert(
      fc.property(rates, sizes, (numbers, size) => {
        const prices = pricesFrom(numbers);
        const difference = add(hourly(prices, size), multiply(hourly(prices, size, false), fraction(-1n, 1n)));
        expect(difference.numerator).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  it("knows no price for what the list does not name", () => {
    const prices = pricesOf([written([{ resource: "VCPU", minorUnits: 1n, perHours: 1 }])]);
    expect(costPerHour(prices, { vcpus: 1, memoryBytes: 1n, disks: [] }, true)).toBeNull();
    expect(costPerHour(prices, { vcpus: 1, memoryBytes: 1n, disks: [] }, false)).toEqual(fraction(0n, 1n));
  });

  it("applies the list's adjustment to the whole", () => {
    const cheaper = pricesOf([{ ...demo, list: { ...demo.list, tierAdjustmentBasisPoints: -1_000 } }]);
    const [small] = TEMPLATE_SIZES.map(template);
    if (!small) throw new Error("no template");
    expect(chargedHourly(hourly(cheaper, small), HOURS_PER_MONTH)).toBe(13_500n);
  });
});

describe("inheritance", () => {
  const top = written([
    { resource: "VCPU", minorUnits: 15_000n, perHours: 720 },
    { resource: "MEMORY", minorUnits: 2_500n, perHours: 720 },
  ]);
  const shown = (chain: [WrittenPrices, ...WrittenPrices[]]) =>
    pricesOf(chain).rates.map((rate) => [rate.resource, amountForHours(rate), rate.inherited]);

  it("takes what a list does not set from the one above, with its markup", () => {
    const reseller = written([{ resource: "MEMORY", minorUnits: 4n, perHours: 1 }], { markupBasisPoints: 2_000 });
    expect(shown([reseller, top])).toEqual([
      ["MEMORY", { minorUnits: 4n, perHours: 1 }, false],
      ["VCPU", { minorUnits: 18_000n, perHours: 720 }, true],
    ]);
  });

  it("multiplies the markups of several levels, exactly", () => {
    const customer = written([], { markupBasisPoints: 1 });
    const reseller = written([], { markupBasisPoints: 3_333 });
    const [vcpu] = pricesOf([customer, reseller, top]).rates;
    expect(vcpu?.perHour).toEqual(adjusted(adjusted(fraction(15_000n, 720n), 3_333), 1));
    const amount = vcpu && amountForHours(vcpu);
    expect(amount && fraction(amount.minorUnits, BigInt(amount.perHours))).toEqual(vcpu?.perHour);
  });

  it("tells codes of one resource apart", () => {
    const own = written([{ resource: "LICENCE", code: "a", minorUnits: 1n, perHours: 1 }]);
    const above = written([
      { resource: "LICENCE", code: "a", minorUnits: 9n, perHours: 1 },
      { resource: "LICENCE", code: "b", minorUnits: 2n, perHours: 1 },
    ]);
    const rates = pricesOf([own, above]).rates.map(({ code, perHour, inherited }) => [
      code,
      perHour.numerator,
      inherited,
    ]);
    expect(rates).toEqual([
      ["a", 1n, false],
      ["b", 2n, true],
    ]);
  });

  it("shows the closest amount where no number of hours that fits is exact", () => {
    const perHour = fraction(1n, 7_000_000_001n);
    const { minorUnits, perHours } = amountForHours({
      resource: "VCPU",
      code: "",
      perHour,
      perHours: 720,
      inherited: true,
    });
    expect(perHours % 720).toBe(0);
    expect(minorUnits).toBe(0n);
  });
});
