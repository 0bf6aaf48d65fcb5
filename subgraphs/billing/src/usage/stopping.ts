import type { MachineRow } from "../machines/machine.schema.js";
import { add, type Fraction, fraction, multiply, rounded, subtract } from "../prices/fraction.js";
import { HOUR } from "./runs.js";

const NOTHING = fraction(0n, 1n);

/**
 * Machines in the order in which they stop when the money ends: all that nobody ranked at once, then those that were,
 * one by one, and rank 1 last.
 */
export const stopGroups = (machines: readonly Pick<MachineRow, "vmId" | "stopRank">[]): string[][] => {
  const unranked = machines.filter(({ stopRank }) => stopRank === null).map(({ vmId }) => vmId);
  const ranked = machines
    .filter(({ stopRank }) => stopRank !== null)
    .toSorted((a, b) => (b.stopRank ?? 0) - (a.stopRank ?? 0) || a.vmId.localeCompare(b.vmId));
  return [...(unranked.length > 0 ? [unranked] : []), ...ranked.map(({ vmId }) => [vmId])];
};

/** Full hours for which `left` pays this much an hour, of which each of `groups` gets a like share: at least one. */
const shareOf = (hours: number, groups: number): number => Math.max(1, Math.floor(hours / Math.max(1, groups)));

/** When the first of so many groups stops after the money ran out: they share the hours of grace. */
export const firstStop = (from: Date, graceHours: number, groups: number): Date =>
  new Date(from.getTime() + shareOf(graceHours, groups) * HOUR);

/**
 * When the next of those that run on stops: what the reserves have left would keep them all for some hours, and is shared
 * anew among them. What stopped earlier runs no more, so those that are left get longer than they would have.
 */
export const nextStop = (at: Date, left: bigint, rate: Fraction, groups: number): Date => {
  const hours = rate.numerator > 0n ? Number((left * rate.denominator) / rate.numerator) : 0;
  return new Date(at.getTime() + shareOf(hours, groups) * HOUR);
};

/** Machines that stop together: what they cost in an hour while they run, and what is left of it once they do not. */
export interface StopGroup {
  vmIds: readonly string[];
  on: Fraction;
  off: Fraction;
}

/** When each group stops once the money has run out at `from`: as charging does it, hour by hour, by what is known now. */
export const stopTimes = (from: Date, graceHours: number, reserves: bigint, groups: readonly StopGroup[]): Date[] => {
  let [at, left] = [from, reserves];
  let rate = groups.map(({ on }) => on).reduce(add, NOTHING);
  return groups.map(({ on, off }, nth) => {
    const lasts = rate.numerator > 0n ? Number((left * rate.denominator) / rate.numerator) : 0;
    const share = nth === 0 ? shareOf(graceHours, groups.length) : shareOf(lasts, groups.length - nth);
    const hours = Math.min(share, lasts);
    left -= rounded(multiply(rate, fraction(BigInt(hours), 1n)));
    at = new Date(at.getTime() + hours * HOUR);
    rate = add(subtract(rate, on), off);
    return at;
  });
};
