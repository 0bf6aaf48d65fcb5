import { type Currency, InvalidInputFault, type Tx } from "@tollgate/kit";
import { type MachineSize, pricePerHour, type Quantity, quantitiesOf } from "./cost.js";
import { add, type Fraction, fraction, multiply, rounded } from "./fraction.js";
import type { PricedResource } from "./price.schema.js";
import type { Prices } from "./rates.js";

export type BillingInterval = "HOURLY" | "MONTHLY" | "ANNUAL";

export const HOURS: Record<BillingInterval, bigint> = { HOURLY: 1n, MONTHLY: 720n, ANNUAL: 8_760n };

export type PriceLineKind = "BASE" | "SERVICE" | "TIER_ADJUSTMENT" | "VOLUME_DISCOUNT";

/** One step of a calculation, in minor units. */
export interface PriceLine {
  kind: PriceLineKind;
  description: string;
  quantity: string | null;
  unit: string | null;
  /** For the interval, where it is a whole number of minor units. */
  unitPrice: bigint | null;
  amount: bigint;
}

/** Lines in the order of the calculation; they add up to `total` exactly. */
export interface Breakdown {
  currency: Currency;
  priceListId: string;
  lines: readonly PriceLine[];
  total: bigint;
  /** Rounded, with everything. */
  perHour: bigint;
  /** Minor units in an hour, exact: what is charged, held and counted with; discounts on the bill are left out. */
  rate: Fraction;
}

const WORDS: Record<PricedResource, { description: string; unit: string; kind: "BASE" | "SERVICE" }> = {
  VCPU: { description: "vCPU", unit: "vCPU", kind: "BASE" },
  MEMORY: { description: "Memory", unit: "GB", kind: "BASE" },
  STORAGE_STANDARD: { description: "Standard storage", unit: "GB", kind: "BASE" },
  STORAGE_SSD: { description: "SSD storage", unit: "GB", kind: "BASE" },
  STORAGE_NVME: { description: "NVMe storage", unit: "GB", kind: "BASE" },
  BANDWIDTH: { description: "Bandwidth", unit: "Mbit/s", kind: "BASE" },
  BACKUP: { description: "Backup", unit: "GB", kind: "SERVICE" },
  EXTRA_SERVICE: { description: "Service", unit: "piece", kind: "SERVICE" },
  LICENCE: { description: "Licence", unit: "piece", kind: "SERVICE" },
};

interface ExactLine extends Omit<PriceLine, "amount"> {
  /** For one hour. */
  exact: Fraction;
}

const floor = ({ numerator, denominator }: Fraction): bigint => {
  const quotient = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient;
};

const isGreater = (a: Fraction, b: Fraction): boolean => a.numerator * b.denominator > b.numerator * a.denominator;

const less = (a: Fraction, whole: bigint): Fraction => add(a, fraction(-whole, 1n));

const NOTHING = fraction(0n, 1n);

/** Whole amounts that add up to the rounded sum: what rounding leaves goes to the largest remainders. */
export const spread = (exact: readonly Fraction[]): bigint[] => {
  const amounts = exact.map(floor);
  const total = rounded(exact.reduce(add, NOTHING));
  const left = Number(total - amounts.reduce((sum, amount) => sum + amount, 0n));
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: less(value, amounts[index] ?? 0n) }))
    .sort((a, b) => (isGreater(b.remainder, a.remainder) ? 1 : isGreater(a.remainder, b.remainder) ? -1 : 0));
  for (const { index } of byRemainder.slice(0, left)) amounts[index] = (amounts[index] ?? 0n) + 1n;
  return amounts;
};

const textOf = ({ numerator, denominator }: Fraction): string =>
  denominator === 1n ? `${numerator}` : (Number(numerator) / Number(denominator)).toFixed(3);

const quantityLine = (prices: Prices, quantity: Quantity, hours: bigint): ExactLine => {
  const { resource, code, units } = quantity;
  const words = WORDS[resource];
  const exact = pricePerHour(prices, quantity);
  if (!exact) {
    const what = code ? `${words.description} ${code}` : words.description;
    throw InvalidInputFault.of("vm", "NOT_ON_OFFER", `${what} has no price here.`);
  }
  const unitPrice = multiply(exact, fraction(hours * units.denominator, units.numerator));
  return {
    kind: words.kind,
    description: code ? `${words.description} ${code}` : words.description,
    quantity: textOf(units),
    unit: words.unit,
    unitPrice: unitPrice.denominator === 1n ? unitPrice.numerator : null,
    exact,
  };
};

const sumOf = (lines: readonly ExactLine[]): Fraction => lines.reduce((sum, line) => add(sum, line.exact), NOTHING);

const percent = (basisPoints: number): string => `${Math.abs(basisPoints) / 100} %`;

const share = (lines: readonly ExactLine[], basisPoints: number): Fraction =>
  multiply(sumOf(lines), fraction(BigInt(basisPoints), 10_000n));

const adjustment = (kind: PriceLineKind, description: string, exact: Fraction): ExactLine => ({
  kind,
  description,
  quantity: null,
  unit: null,
  unitPrice: null,
  exact,
});

/**
 * What a running machine costs for an interval, step by step: what it uses, the list's adjustment, the discount for the
 * spend of the last 30 days. Rounded once, at the total.
 * @param spend minor units in the list's currency.
 * @throws InvalidInputFault for what the list has no price for.
 */
export const priceOf = (prices: Prices, size: MachineSize, interval: BillingInterval, spend: bigint): Breakdown => {
  const { list, volumeTiers } = prices;
  const hours = HOURS[interval];
  const used = quantitiesOf(size, true).map((quantity) => quantityLine(prices, quantity, hours));
  const lines = [...used];
  const tier = list.tierAdjustmentBasisPoints;
  if (tier !== 0) {
    const words = tier > 0 ? "Surcharge" : "Reduction";
    lines.push(adjustment("TIER_ADJUSTMENT", `${words} of the list, ${percent(tier)}`, share(lines, tier)));
  }
  const rate = sumOf(lines);
  const reached = volumeTiers.filter(({ fromMinorUnits }) => fromMinorUnits <= spend).at(-1);
  if (reached && reached.discountBasisPoints > 0) {
    const words = `Discount for volume, ${percent(reached.discountBasisPoints)}`;
    lines.push(adjustment("VOLUME_DISCOUNT", words, share(lines, -reached.discountBasisPoints)));
  }
  const amounts = spread(lines.map(({ exact }) => multiply(exact, fraction(hours, 1n))));
  return {
    currency: list.currency,
    priceListId: list.id,
    lines: lines.map(({ exact: _, ...line }, index) => ({ ...line, amount: amounts[index] ?? 0n })),
    total: amounts.reduce((sum, amount) => sum + amount, 0n),
    perHour: rounded(sumOf(lines)),
    rate,
  };
};

const DAYS_30 = 30 * 86_400_000;

/** What an organisation was charged in the last 30 days, in minor units. */
export const recentSpend = async (tx: Tx, organisationId: string, currency: Currency, at: Date): Promise<bigint> => {
  const from = new Date(at.getTime() - DAYS_30).toISOString();
  const [row] = await tx.sql<{ spend: bigint }[]>`
    select coalesce(sum(p.amount), 0)::bigint as spend from posting p join entry e on e.id = p.entry_id
     where p.organisation_id = ${organisationId} and p.currency = ${currency} and p.account = 'REVENUE'
       and e.organisation_id = ${organisationId} and e.event_at > ${from} and e.event_at <= ${at.toISOString()}`;
  return row?.spend ?? 0n;
};
