import { InvalidInputFault, type RefusedField } from "@tollgate/kit";
import type { OrderPlacement } from "@tollgate/kit/protocol";
import { BYTES_PER_GB, type MachineSize, type StorageClass } from "./cost.js";
import { templateById } from "./templates.js";

/** A machine as somebody wants it. */
export interface VmConfig {
  name: string;
  templateId: string | null;
  image: string;
  vcpus: number;
  memoryGb: number;
  disks: readonly { sizeGb: number; storage: StorageClass }[];
  bandwidthMbit: number;
  backup: boolean;
  extraServices: readonly string[];
  licences: readonly string[];
}

/** What a client gives of it: the template fills what is left out. */
export type VmConfigGiven = Pick<VmConfig, "name" | "image"> & {
  [Key in keyof Omit<VmConfig, "name" | "image">]?: VmConfig[Key] | null | undefined;
};

const LIMITS = { vcpus: 64, memoryGb: 512, sizeGb: 10_000, disks: 8, bandwidthMbit: 10_000, codes: 20 };
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u;
const IMAGE = /^.{1,100}$/u;

const isWithin = (value: number, most: number, least = 1): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

const refusalsOf = (config: VmConfig, prefix: string): RefusedField[] => {
  const fields: RefusedField[] = [];
  const check = (isFine: boolean, path: string, reason: string, message: string) => {
    if (!isFine) fields.push({ path: [...prefix.split("."), ...path.split(".")], reason, message });
  };
  const { vcpus, memoryGb, disks, bandwidthMbit, extraServices, licences } = config;
  check(NAME.test(config.name), "name", "MALFORMED", "A name has 1 to 63 letters, digits, spaces, dots and dashes.");
  check(IMAGE.test(config.image), "image", "MALFORMED", "Name the image to install.");
  check(isWithin(vcpus, LIMITS.vcpus), "vcpus", "OUT_OF_RANGE", `A machine has 1 to ${LIMITS.vcpus} vCPUs.`);
  check(isWithin(memoryGb, LIMITS.memoryGb), "memoryGb", "OUT_OF_RANGE", `A machine has 1 to ${LIMITS.memoryGb} GB.`);
  check(isWithin(disks.length, LIMITS.disks), "disks", "OUT_OF_RANGE", `A machine has 1 to ${LIMITS.disks} disks.`);
  for (const [index, { sizeGb }] of disks.entries()) {
    const message = `A disk has 1 to ${LIMITS.sizeGb} GB.`;
    check(isWithin(sizeGb, LIMITS.sizeGb), `disks.${index}.sizeGb`, "OUT_OF_RANGE", message);
  }
  const bandwidth = `Bandwidth is 0 to ${LIMITS.bandwidthMbit} Mbit/s.`;
  check(isWithin(bandwidthMbit, LIMITS.bandwidthMbit, 0), "bandwidthMbit", "OUT_OF_RANGE", bandwidth);
  for (const [path, codes] of Object.entries({ extraServices, licences })) {
    check(new Set(codes).size === codes.length, path, "DUPLICATE", "Each of these only once.");
    check(codes.length <= LIMITS.codes, path, "TOO_MANY", `At most ${LIMITS.codes}.`);
  }
  return fields;
};

/**
 * What was given, completed from its template.
 * @param path leads to it from the input, for the fields that are refused.
 * @throws InvalidInputFault
 */
export const completeConfig = (given: VmConfigGiven, path: string): VmConfig => {
  const template = given.templateId ? templateById(given.templateId) : null;
  if (given.templateId && !template) {
    throw InvalidInputFault.of(`${path}.templateId`, "UNKNOWN_REFERENCE", "There is no such template.");
  }
  const config: VmConfig = {
    name: given.name.trim(),
    image: given.image.trim(),
    templateId: template?.id ?? null,
    vcpus: given.vcpus ?? template?.vcpus ?? 0,
    memoryGb: given.memoryGb ?? template?.memoryGb ?? 0,
    disks: given.disks ?? (template ? [{ sizeGb: template.storageGb, storage: template.storage }] : []),
    bandwidthMbit: given.bandwidthMbit ?? 0,
    backup: given.backup ?? false,
    extraServices: given.extraServices ?? [],
    licences: given.licences ?? [],
  };
  const fields = refusalsOf(config, path);
  if (fields.length > 0) throw new InvalidInputFault(fields);
  return config;
};

/** The machine itself, in bytes, as it is ordered and later reported. */
export const machineOf = ({ name, image, vcpus, memoryGb, disks }: VmConfig): OrderPlacement["vm"] => ({
  name,
  image,
  vcpus,
  memoryBytes: BigInt(memoryGb) * BYTES_PER_GB,
  disks: disks.map(({ sizeGb, storage }, index) => ({
    name: `vd${String.fromCharCode("a".charCodeAt(0) + index)}`,
    sizeBytes: BigInt(sizeGb) * BYTES_PER_GB,
    storage,
  })),
});

/** What it is charged for. */
export const sizeOf = (config: VmConfig): MachineSize => {
  const { bandwidthMbit, backup, extraServices, licences } = config;
  return { ...machineOf(config), extras: { bandwidthMbit, backup, extraServices, licences } };
};
