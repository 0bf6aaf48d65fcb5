import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { demoPriceList } from "../prices/demo.js";
import { publishPriceList } from "../prices/prices.js";
import { credit, listOf, system, vmChanged } from "../testing/arrange.js";
import { ChargeDesk, hoursOn, START } from "../testing/charging.js";
import { type Rules, SlowBooks, type Told } from "../testing/histories.js";

/** At these hours of every history prices rise, and then the tax. */
const [DEARER, TAXED_MORE, END] = [30, 45, 96];
const MONEY = 10n ** 9n;
const TIERS = [
  { fromMinorUnits: 200n, discountBasisPoints: 500 },
  { fromMinorUnits: 700n, discountBasisPoints: 1_250 },
];

const RULES: Rules = {
  rates: (hour) => ({ VCPU: hour < DEARER ? 6_000n : 7_001n, MEMORY: 2_500n, STORAGE_SSD: 160n }),
  tax: (hour) => (hour < TAXED_MORE ? 1_500n : 1_650n),
  tiers: TIERS.map(({ fromMinorUnits, discountBasisPoints }) => ({
    from: fromMinorUnits,
    basisPoints: BigInt(discountBasisPoints),
  })),
};

let desk: ChargeDesk;

beforeAll(async () => {
  desk = await ChargeDesk.start(inject("postgresUrl"), (operator) => {
    const { rates, ...first } = demoPriceList(randomUUID(), operator, new Date("2026-01-01T00:00:00Z"));
    const dearer = rates.map((rate) => (rate.resource === "VCPU" ? { ...rate, minorUnits: 7_001n } : rate));
    const next = listOf(operator, { rates: dearer, volumeTiers: TIERS, effectiveFrom: hoursOn(DEARER) });
    return [{ ...first, rates, volumeTiers: TIERS }, next];
  });
  await desk.tax(1_500, new Date("2026-01-01T00:00:00Z"));
  await desk.tax(1_650, hoursOn(TAXED_MORE));
});

afterAll(() => desk.stop());

const MACHINES = 3;

/** Something that happened to a machine, and when it was told, once or twice. */
const happening = fc.record({
  vm: fc.nat({ max: MACHINES - 1 }),
  minute: fc.nat({ max: 70 * 60 }),
  state: fc.constantFrom("RUNNING", "RUNNING", "STOPPED", "DELETED"),
  vcpus: fc.integer({ min: 1, max: 8 }),
  delay: fc.oneof(fc.constant(0), fc.nat({ max: 20 * 60 })),
  repeated: fc.option(fc.nat({ max: 20 * 60 })),
});

interface Delivery {
  told: Told;
  at: number;
  event: ReturnType<typeof vmChanged>;
}

type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

/** What telemetry sends of a customer's machines, in the order in which it arrives. */
const deliveries = (organisationId: string, happenings: readonly Happening[]): Delivery[] => {
  const vmIds = Array.from({ length: MACHINES }, () => randomUUID());
  const gone = new Set<number>();
  return happenings
    .toSorted((a, b) => a.minute - b.minute)
    .flatMap(({ vm, minute, state, vcpus, delay, repeated }) => {
      if (gone.has(vm)) return [];
      if (state === "DELETED") gone.add(vm);
      const vmId = vmIds[vm] ?? "";
      const event = vmChanged({ organisationId, vmId, state, vcpus });
      const told: Told = { version: event.aggregateVersion, vm: vmId, minute, state, vcpus };
      const times = repeated === null ? [minute + delay] : [minute + delay, minute + delay + repeated];
      return times.map((at) => ({ told, at, event }));
    })
    .toSorted((a, b) => a.at - b.at);
};

const compare = async (organisationId: string, books: SlowBooks): Promise<void> => {
  expect(await desk.recorded(organisationId)).toEqual(books.recorded);
  const { posted, revenue, tax } = await desk.wallet(organisationId);
  expect([revenue, tax, posted]).toEqual([books.revenue, books.tax, MONEY - books.revenue - books.tax]);
};

it("what is charged is what was used, to the cent, however late and often and in which order it is told", async () => {
  const histories = fc.array(happening, { minLength: 3, maxLength: 14 });
  const charges = fc.uniqueArray(fc.integer({ min: 1, max: END - 1 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(histories, charges, async (happenings, hours) => {
      const organisationId = await desk.customer(MONEY);
      const books = new SlowBooks(RULES);
      const steps = [
        ...deliveries(organisationId, happenings).map((delivery) => ({ at: delivery.at, delivery, hour: null })),
        ...[...hours, END].map((hour) => ({ at: hour * 60, delivery: null, hour })),
      ].sort((a, b) => a.at - b.at);
      for (const { delivery, hour } of steps) {
        if (delivery) {
          await desk.deliver(delivery.event, new Date(START.getTime() + delivery.told.minute * 60_000));
          books.tell(delivery.told);
        } else {
          await desk.charge(hoursOn(hour));
          books.charge(hour);
        }
      }
      await compare(organisationId, books);
    }),
    { numRuns: 8, seed: 2026, endOnFailure: true },
  );
  expect(await desk.broken()).toEqual([]);
});

it("it is the same by the hour, after days of downtime at once, and twice", async () => {
  const [happenings = []] = fc.sample(fc.array(happening, { minLength: 12, maxLength: 12 }), { numRuns: 1, seed: 8 });
  const hourly = Array.from({ length: END }, (_, nth) => nth + 1);
  const fewSteps = [7, 7, 31, 60, 60, END, END];
  for (const hours of [hourly, [END], fewSteps]) {
    const organisationId = await desk.customer(MONEY);
    const books = new SlowBooks(RULES);
    for (const { event, told } of deliveries(organisationId, happenings)) {
      await desk.deliver(event, new Date(START.getTime() + told.minute * 60_000));
      books.tell(told);
    }
    for (const hour of hours) await desk.charge(hoursOn(hour));
    books.charge(END);
    await compare(organisationId, books);
    // Enough was spent for both tiers: the discount changed in the middle.
    expect(books.revenue).toBeGreaterThan(1_000n);
  }
});

it("use is paid from the wallet in whose currency it is priced, also where that changes in the middle", async () => {
  const organisationId = await desk.customer(MONEY);
  const { subgraph } = desk.billing;
  await credit(subgraph, organisationId, MONEY, { currency: "USD" });
  const rates = [{ resource: "STORAGE_SSD" as const, minorUnits: 4n, perHours: 1 }];
  const dollars = listOf(organisationId, { currency: "USD", rates, effectiveFrom: hoursOn(10) });
  await system(subgraph, (tx) => publishPriceList(tx, dollars, START));
  await desk.tell({ organisationId, state: "STOPPED" }, START);
  await desk.charge(hoursOn(20));
  const revenues = await system(
    subgraph,
    (tx) => tx.sql<{ currency: string; revenue: bigint }[]>`
      select currency, revenue from wallet where organisation_id = ${organisationId} order by currency`,
  );
  // 25 GB: 55.56 cents of rand in ten hours, then a dollar an hour.
  expect(revenues.map(({ currency, revenue }) => [currency, revenue])).toEqual([
    ["USD", 1_000n],
    ["ZAR", 56n],
  ]);
});
