import type { PricedResource } from "../gql/graphql.js";

/** What every machine is made of, in the order of a calculation. */
export const PLAIN_RESOURCES = [
  "VCPU",
  "MEMORY",
  "STORAGE_STANDARD",
  "STORAGE_SSD",
  "STORAGE_NVME",
  "BANDWIDTH",
  "BACKUP",
] as const satisfies readonly PricedResource[];

const WORDS: Record<PricedResource, { name: string; unit: string }> = {
  VCPU: { name: "vCPU", unit: "a core" },
  MEMORY: { name: "Memory", unit: "a GB" },
  STORAGE_STANDARD: { name: "Standard storage", unit: "a GB" },
  STORAGE_SSD: { name: "SSD storage", unit: "a GB" },
  STORAGE_NVME: { name: "NVMe storage", unit: "a GB" },
  BANDWIDTH: { name: "Bandwidth", unit: "a Mbit/s" },
  BACKUP: { name: "Backup", unit: "a GB" },
  EXTRA_SERVICE: { name: "Service", unit: "a piece" },
  LICENCE: { name: "Licence", unit: "a piece" },
};

export const unitOf = (resource: PricedResource): string => WORDS[resource].unit;

/** What a rate is for, in words. */
export const rateName = (resource: PricedResource, code: string | null): string =>
  code ? `${WORDS[resource].name} ${code}` : WORDS[resource].name;
