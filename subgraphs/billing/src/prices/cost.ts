import { add, adjusted, type Fraction, fraction, multiply, rounded } from "./fraction.js";
import type { PricedResource } from "./price.schema.js";
import type { ListPrices, Prices } from "./rates.js";

/** Machines report bytes, prices are per GB: 2^30 bytes, as machines are cut. */
export const BYTES_PER_GB = 2n ** 30n;

/** Hours of a month as prices count them. */
export const HOURS_PER_MONTH = 720n;

export type StorageClass = "STANDARD" | "SSD" | "NVME";

/** What was ordered beside the machine itself; charged as long as it stands, as its disks are. */
export interface Extras {
  bandwidthMbit: number;
  /** Of all its disks. */
  backup: boolean;
  /** Codes of the price list. */
  extraServices: readonly string[];
  licences: readonly string[];
}

/** What a machine is charged for. */
export interface MachineSize {
  extras?: Extras | null;
  vcpus: number;
  memoryBytes: bigint;
  disks: readonly { sizeBytes: bigint; storage: StorageClass }[];
}

export interface Quantity {
  resource: PricedResource;
  /** Of EXTRA_SERVICE and LICENCE: which; else empty. */
  code: string;
  /** Cores, GB, Mbit/s or pieces. */
  units: Fraction;
}

const STORAGE: Record<StorageClass, PricedResource> = {
  STANDARD: "STORAGE_STANDARD",
  SSD: "STORAGE_SSD",
  NVME: "STORAGE_NVME",
};

const computeOf = (size: MachineSize): Quantity[] => [
  { resource: "VCPU", code: "", units: fraction(BigInt(size.vcpus), 1n) },
  { resource: "MEMORY", code: "", units: fraction(size.memoryBytes, BYTES_PER_GB) },
];

/** One quantity a storage class, however many disks. */
const storageOf = (size: MachineSize): Quantity[] =>
  [...Map.groupBy(size.disks, (disk) => STORAGE[disk.storage])].map(([resource, disks]) => ({
    resource,
    code: "",
    units: fraction(allBytes(disks), BYTES_PER_GB),
  }));

const allBytes = (disks: MachineSize["disks"]): bigint => disks.reduce((sum, disk) => sum + disk.sizeBytes, 0n);

const NOTHING = fraction(0n, 1n);
const ONE = fraction(1n, 1n);

const extrasOf = ({ extras, disks }: MachineSize): Quantity[] => {
  if (!extras) return [];
  const { bandwidthMbit, backup, extraServices, licences } = extras;
  return [
    ...(bandwidthMbit > 0
      ? [{ resource: "BANDWIDTH" as const, code: "", units: fraction(BigInt(bandwidthMbit), 1n) }]
      : []),
    ...(backup ? [{ resource: "BACKUP" as const, code: "", units: fraction(allBytes(disks), BYTES_PER_GB) }] : []),
    ...extraServices.map((code) => ({ resource: "EXTRA_SERVICE" as const, code, units: ONE })),
    ...licences.map((code) => ({ resource: "LICENCE" as const, code, units: ONE })),
  ];
};

/** Everything that a machine is charged for, in the order of a calculation: itself, then what comes beside it. */
export const quantitiesOf = (size: MachineSize, isOn: boolean): Quantity[] => [
  ...(isOn ? computeOf(size) : []),
  ...storageOf(size),
  ...extrasOf(size),
];

/** The exact price of a quantity for an hour, before adjustments; null where the list has none. */
export const pricePerHour = (prices: ListPrices, { resource, code, units }: Quantity): Fraction | null => {
  const rate = prices.rates.find((candidate) => candidate.resource === resource && candidate.code === code);
  return rate ? multiply(rate.perHour, units) : null;
};

/**
 * Minor units that a machine costs in one hour, exact: storage and extras always, compute while it is on, then the list's
 * adjustment; without tax and before discounts. Null where the list has no price for something it uses.
 */
export const costPerHour = (prices: ListPrices, size: MachineSize, isOn: boolean): Fraction | null => {
  let total = NOTHING;
  for (const quantity of quantitiesOf(size, isOn)) {
    const price = pricePerHour(prices, quantity);
    if (!price) return null;
    total = add(total, price);
  }
  return adjusted(total, prices.list.tierAdjustmentBasisPoints);
};

/** With the tax of the organisation's country. */
export const withTax = ({ tax }: Pick<Prices, "tax">, net: Fraction): Fraction => adjusted(net, tax?.basisPoints ?? 0);

/**
 * The same with tax: what is held, reserved and counted with, so that there is always enough for what will be charged.
 * Discounts are left out: they may end.
 */
export const grossPerHour = (prices: Prices, size: MachineSize, isOn: boolean): Fraction | null => {
  const net = costPerHour(prices, size, isOn);
  return net && withTax(prices, net);
};

/** What has been used up after `minutes` at this rate, rounded half-even: charges are differences of this sum. */
export const cumulativeCharge = (perHour: Fraction, minutes: bigint): bigint =>
  rounded(multiply(perHour, fraction(minutes, 60n)));
