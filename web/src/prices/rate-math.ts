/** An exact price: minor units for so many hours. */
export interface HourRate {
  minorUnits: bigint;
  perHours: number;
}

export const MONTH_HOURS = 720;
const WHOLE = 10_000n;

/** What it comes to in hours of a month, in whole minor units, half to even; `isExact` says whether nothing was rounded. */
export function forMonth({ minorUnits, perHours }: HourRate): { minorUnits: bigint; isExact: boolean } {
  const numerator = minorUnits * BigInt(MONTH_HOURS);
  const divisor = BigInt(perHours);
  return { minorUnits: halfEven(numerator, divisor), isExact: numerator % divisor === 0n };
}

/** With a markup (100 basis points are 1 %), still exact. */
export function markedUp({ minorUnits, perHours }: HourRate, basisPoints: number): HourRate {
  const factor = WHOLE + BigInt(basisPoints);
  // The hours take the divisor: ten thousand times as many of them for ten thousand times the amount.
  return { minorUnits: minorUnits * factor, perHours: perHours * Number(WHOLE) };
}

/** How much dearer one is than another, in basis points; null where there is nothing to compare with. */
export function changeBetween(before: HourRate | null, after: HourRate | null): number | null {
  if (!before || !after || before.minorUnits === 0n) return null;
  const old = before.minorUnits * BigInt(after.perHours);
  const young = after.minorUnits * BigInt(before.perHours);
  return Number(halfEven((young - old) * WHOLE, old));
}

function halfEven(numerator: bigint, divisor: bigint): bigint {
  const sign = numerator < 0n !== divisor < 0n ? -1n : 1n;
  const [top, bottom] = [numerator < 0n ? -numerator : numerator, divisor < 0n ? -divisor : divisor];
  const quotient = top / bottom;
  const twice = (top % bottom) * 2n;
  const up = twice > bottom || (twice === bottom && quotient % 2n === 1n);
  return sign * (up ? quotient + 1n : quotient);
}
