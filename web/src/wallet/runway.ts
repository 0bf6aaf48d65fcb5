const HOUR_SECONDS = 3_600n;

interface Amount {
  minorUnits: string;
}

/**
 * For how many seconds what is available pays for what runs, from the wallet's own figures; null when nothing is used.
 * Not taken from an instant: the books may run ahead of the browser's clock.
 */
export function runwaySeconds(available: Amount, burnRate: Amount): number | null {
  const perHour = BigInt(burnRate.minorUnits);
  const left = BigInt(available.minorUnits);
  if (perHour <= 0n) return null;
  return left <= 0n ? 0 : Number((left * HOUR_SECONDS) / perHour);
}
