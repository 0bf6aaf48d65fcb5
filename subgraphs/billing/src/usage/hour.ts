import type { MachineRow } from "../machines/machine.schema.js";
import { pricePerHour, quantitiesOf, withTax } from "../prices/cost.js";
import { add, adjusted, type Fraction, fraction, multiply } from "../prices/fraction.js";
import type { PricedResource } from "../prices/price.schema.js";
import type { Prices } from "../prices/rates.js";
import { HOUR } from "./runs.js";
import type { RunRow } from "./usage.schema.js";

const MINUTE = 60_000;
const NOTHING = fraction(0n, 1n);

/** Taken off what the list asks for, one after the other: by volume, then by promotions. */
export interface Discounts {
  volumeBasisPoints: number;
  promotionBasisPoints: number;
}

const NO_DISCOUNTS: Discounts = { volumeBasisPoints: 0, promotionBasisPoints: 0 };

/** What one resource of one machine used in one hour. */
export interface Use {
  /** Of the meter. */
  key: string;
  vmId: string;
  resource: PricedResource;
  code: string;
  minutes: number;
  /** Units for hours, exact. */
  quantity: Fraction;
  /** Minor units, exact: with the list's adjustment, after discounts, without tax. */
  cost: Fraction;
}

/** Both ends at full minutes, so that two stretches that meet never count a minute twice or lose one. */
const minutesWithin = ({ fromAt, toAt }: RunRow, hour: Date): number => {
  const begin = hour.getTime();
  const end = begin + HOUR;
  const from = Math.max(Math.floor(fromAt.getTime() / MINUTE) * MINUTE, begin);
  const to = Math.min(toAt === null ? end : Math.floor(toAt.getTime() / MINUTE) * MINUTE, end);
  return Math.max(0, (to - from) / MINUTE);
};

/**
 * What the machines used in the hour that begins at `hour`, by machine and resource. What the list has no price for is
 * left out.
 */
export const usesOf = (
  runs: readonly RunRow[],
  machines: ReadonlyMap<string, MachineRow>,
  prices: Prices,
  { volumeBasisPoints, promotionBasisPoints }: Discounts,
  hour: Date,
): Use[] => {
  const charged = (price: Fraction): Fraction =>
    [prices.list.tierAdjustmentBasisPoints, -volumeBasisPoints, -promotionBasisPoints].reduce(adjusted, price);
  const uses = new Map<string, Use>();
  for (const run of runs) {
    const minutes = minutesWithin(run, hour);
    if (minutes === 0) continue;
    const { vmId } = run;
    const part = fraction(BigInt(minutes), 60n);
    const size = { ...run.size, extras: machines.get(vmId)?.extras ?? null };
    for (const quantity of quantitiesOf(size, run.isOn)) {
      const price = pricePerHour(prices, quantity);
      if (!price) continue;
      const { resource, code, units } = quantity;
      const key = `${vmId} ${resource} ${code}`;
      const before = uses.get(key);
      uses.set(key, {
        key,
        vmId,
        resource,
        code,
        minutes: (before?.minutes ?? 0) + minutes,
        quantity: add(before?.quantity ?? NOTHING, multiply(units, part)),
        cost: add(before?.cost ?? NOTHING, multiply(charged(price), part)),
      });
    }
  }
  return [...uses.values()];
};

/** Minor units in an hour of all that goes on at the end of the hour, with tax and without discounts. */
export const rateAfter = (
  runs: readonly RunRow[],
  machines: ReadonlyMap<string, MachineRow>,
  prices: Prices,
  hour: Date,
): Fraction => {
  const end = new Date(hour.getTime() + HOUR);
  const going = runs
    .filter(({ fromAt, toAt }) => fromAt <= end && (toAt === null || toAt > end))
    .map((run) => ({ ...run, fromAt: end, toAt: null }));
  const net = usesOf(going, machines, prices, NO_DISCOUNTS, end).reduce((sum, { cost }) => add(sum, cost), NOTHING);
  return withTax(prices, net);
};

const DECIMALS = 6n;

/** Such as `3.25`: six decimals at most, cut. */
export const decimalOf = ({ numerator, denominator }: Fraction): string => {
  const scaled = ((numerator * 10n ** DECIMALS) / denominator).toString().padStart(Number(DECIMALS) + 1, "0");
  const whole = scaled.slice(0, -Number(DECIMALS));
  const rest = scaled.slice(-Number(DECIMALS)).replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : whole;
};
