import type { StorageClass } from "./cost.js";
import type { NewPriceList } from "./prices.js";

/** A size on offer. */
export interface TemplateSize {
  name: "small" | "medium" | "large" | "enterprise";
  vcpus: number;
  memoryGb: number;
  storageGb: number;
  storage: StorageClass;
  /** What it costs a month (720 hours) under the demo list, in cents. */
  monthlyMinorUnits: bigint;
}

/** Storage grows with the rest, so that one set of rates makes all four prices. */
export const TEMPLATE_SIZES: readonly TemplateSize[] = [
  { name: "small", vcpus: 1, memoryGb: 2, storageGb: 25, storage: "SSD", monthlyMinorUnits: 15_000n },
  { name: "medium", vcpus: 2, memoryGb: 4, storageGb: 50, storage: "SSD", monthlyMinorUnits: 30_000n },
  { name: "large", vcpus: 4, memoryGb: 8, storageGb: 100, storage: "SSD", monthlyMinorUnits: 60_000n },
  { name: "enterprise", vcpus: 8, memoryGb: 16, storageGb: 200, storage: "SSD", monthlyMinorUnits: 120_000n },
];

const MONTH = 720;

/** The operator's list of the demo, in rand: *small* is R60 of compute, R50 of memory and R40 of SSD a month. */
export const demoPriceList = (id: string, organisationId: string, effectiveFrom: Date): NewPriceList => ({
  id,
  organisationId,
  name: "Standard",
  currency: "ZAR",
  markupBasisPoints: 0,
  tierAdjustmentBasisPoints: 0,
  effectiveFrom,
  rates: [
    { resource: "VCPU", minorUnits: 6_000n, perHours: MONTH },
    { resource: "MEMORY", minorUnits: 2_500n, perHours: MONTH },
    { resource: "STORAGE_STANDARD", minorUnits: 80n, perHours: MONTH },
    { resource: "STORAGE_SSD", minorUnits: 160n, perHours: MONTH },
    { resource: "STORAGE_NVME", minorUnits: 240n, perHours: MONTH },
    { resource: "BANDWIDTH", minorUnits: 100n, perHours: MONTH },
    { resource: "BACKUP", minorUnits: 60n, perHours: MONTH },
  ],
  volumeTiers: [
    { fromMinorUnits: 1_000_000n, discountBasisPoints: 500 },
    { fromMinorUnits: 5_000_000n, discountBasisPoints: 1_000 },
    { fromMinorUnits: 10_000_000n, discountBasisPoints: 1_500 },
  ],
});
