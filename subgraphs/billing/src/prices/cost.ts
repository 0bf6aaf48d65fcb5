import { add, adjusted, type Fraction, fraction, multiply, rounded } from "./fraction.js";
import type { PricedResource } from "./price.schema.js";
import type { Prices } from "./rates.js";

/** Machines report bytes, prices are per GB: 2^30 bytes, as machines are cut. */
export const BYTES_PER_GB = 2n ** 30n;

/** Hours of a month as prices count them. */
export const HOURS_PER_MONTH = 720n;

export type StorageClass = "STANDARD" | "SSD" | "NVME";

/** What a machine is charged for. */
export interface MachineSize {
  vcpus: number;
  memoryBytes: bigint;
  disks: readonly { sizeBytes: bigint; storage: StorageClass }[];
}

interface Quantity {
  resource: PricedResource;
  /** Cores or GB. */
  units: Fraction;
}

const STORAGE: Record<StorageClass, PricedResource> = {
  STANDARD: "STORAGE_STANDARD",
  SSD: "STORAGE_SSD",
  NVME: "STORAGE_NVME",
};

const computeOf = (size: MachineSize): Quantity[] => [
  { resource: "VCPU", units: fraction(BigInt(size.vcpus), 1n) },
  { resource: "MEMORY", units: fraction(size.memoryBytes, BYTES_PER_GB) },
];

const storageOf = (size: MachineSize): Quantity[] =>
  size.disks.map((disk) => ({ resource: STORAGE[disk.storage], units: fraction(disk.sizeBytes, BYTES_PER_GB) }));

const NOTHING = fraction(0n, 1n);

/**
 * Minor units that a machine costs in one hour, exact: storage always, compute while it is on, then the list's
 * adjustment. Null where the list has no price for something it uses.
 */
export const costPerHour = (prices: Prices, size: MachineSize, isOn: boolean): Fraction | null => {
  const quantities = [...(isOn ? computeOf(size) : []), ...storageOf(size)];
  let total = NOTHING;
  for (const { resource, units } of quantities) {
    const rate = prices.rates.find((candidate) => candidate.resource === resource);
    if (!rate) return null;
    total = add(total, multiply(rate.perHour, units));
  }
  return adjusted(total, prices.list.tierAdjustmentBasisPoints);
};

/** What has been used up after `minutes` at this rate, rounded half-even: charges are differences of this sum. */
export const cumulativeCharge = (perHour: Fraction, minutes: bigint): bigint =>
  rounded(multiply(perHour, fraction(minutes, 60n)));
