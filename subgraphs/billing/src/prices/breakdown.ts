import { InvalidInputFault } from "@tollgate/kit";
import type { Adjustments } from "./adjustments.js";
import { type Calculation, calculate, type ExactLine, explained, netLines, sumOf } from "./calculation.js";
import { type MachineSize, pricePerHour, type Quantity, quantitiesOf, withTax } from "./cost.js";
import { adjusted, type Fraction, fraction, multiply, rounded } from "./fraction.js";
import type { PricedResource } from "./price.schema.js";
import { amountForHours, type Prices } from "./rates.js";

export type { PriceLineKind } from "./calculation.js";

export type BillingInterval = "HOURLY" | "MONTHLY" | "ANNUAL";

export const HOURS: Record<BillingInterval, bigint> = { HOURLY: 1n, MONTHLY: 720n, ANNUAL: 8_760n };

/** What a machine costs for an interval. */
export interface Breakdown extends Calculation {
  priceListId: string;
  /** Rounded, with everything. */
  perHour: bigint;
  /** Minor units in an hour, exact, with tax and without discounts: what is held, reserved and counted with. */
  rate: Fraction;
}

/** What a document calls a resource. */
export const RESOURCE_WORDS: Record<PricedResource, { description: string; unit: string; kind: "BASE" | "SERVICE" }> = {
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

const textOf = ({ numerator, denominator }: Fraction): string =>
  denominator === 1n ? `${numerator}` : (Number(numerator) / Number(denominator)).toFixed(3);

const quantityLine = (prices: Prices, quantity: Quantity, hours: bigint): ExactLine => {
  const { resource, code, units } = quantity;
  const words = RESOURCE_WORDS[resource];
  const description = code ? `${words.description} ${code}` : words.description;
  const perHour = pricePerHour(prices, quantity);
  const found = prices.rates.find((rate) => rate.resource === resource && rate.code === code);
  if (!perHour || !found) throw InvalidInputFault.of("vm", "NOT_ON_OFFER", `${description} has no price here.`);
  const unitPrice = multiply(perHour, fraction(hours * units.denominator, units.numerator));
  const rate = { resource, code, ...amountForHours(found), inherited: found.inherited };
  return {
    kind: words.kind,
    description,
    name: description,
    quantity: textOf(units),
    unit: words.unit,
    unitPrice: unitPrice.denominator === 1n ? unitPrice.numerator : null,
    exact: multiply(perHour, fraction(hours, 1n)),
    explanation: explained({ hours: `${hours}`, priceListId: prices.list.id, rate }),
  };
};

/**
 * What a running machine costs for an interval, step by step.
 * @throws InvalidInputFault for what the list has no price for.
 */
export const priceOf = (
  prices: Prices,
  size: MachineSize,
  interval: BillingInterval,
  adjustments: Adjustments,
): Breakdown => {
  const { list, tax } = prices;
  const hours = HOURS[interval];
  const ofOne = fraction(1n, hours);
  const lines = quantitiesOf(size, true).map((quantity) => quantityLine(prices, quantity, hours));
  const steps = { currency: list.currency, lines, list, adjustments, tax };
  const listed = adjusted(sumOf(lines), list.tierAdjustmentBasisPoints);
  return {
    ...calculate(steps),
    priceListId: list.id,
    perHour: rounded(withTax(prices, multiply(sumOf(netLines(steps)), ofOne))),
    rate: withTax(prices, multiply(listed, ofOne)),
  };
};
