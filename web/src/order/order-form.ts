import type { BillingInterval, StorageClass, VmConfigInput } from "../gql/graphql.js";

/** A disk as somebody fills it in. */
export interface DiskEntry {
  /** Stays the same while disks before it come and go. */
  key: number;
  sizeGb: string;
  storage: StorageClass;
}

/** What somebody fills in to order a machine. Sizes are what was typed. */
export interface OrderForm {
  /** Null is a machine of one's own making. */
  templateId: string | null;
  name: string;
  image: string;
  vcpus: string;
  memoryGb: string;
  disks: readonly DiskEntry[];
  /** The disk is the one that belongs to the template. */
  disksAsOffered: boolean;
  /** Reserved; empty is a share of what there is. */
  bandwidthMbit: string;
  backup: boolean;
  /** Codes of the price list. */
  extraServices: readonly string[];
  licences: readonly string[];
  interval: BillingInterval;
}

export type OrderField =
  | "name"
  | "image"
  | "vcpus"
  | "memoryGb"
  | "disks"
  | `disk${number}`
  | "bandwidthMbit"
  | "extraServices"
  | "licences";
export type FieldErrors = Partial<Record<OrderField, string>>;

export const IMAGES = ["Debian 13", "Debian 12", "Ubuntu 24.04", "Alpine 3.22"] as const;
export const MOST_DISKS = 8;

export const EMPTY_FORM: OrderForm = {
  templateId: null,
  name: "",
  image: IMAGES[0],
  vcpus: "2",
  memoryGb: "4",
  disks: [{ key: 0, sizeGb: "40", storage: "SSD" }],
  disksAsOffered: false,
  bandwidthMbit: "",
  backup: false,
  extraServices: [],
  licences: [],
  interval: "MONTHLY",
};

/** Stands in for a name that was not entered yet, so that the price shows before it. */
const NAMELESS = "new-machine";

interface SizedTemplate {
  id: string;
  vcpus: number;
  memoryGb: number;
  storageGb: number;
}

/** Takes a template's sizes over, so that going on to a custom machine starts from them. */
export function withTemplate(form: OrderForm, template: SizedTemplate): OrderForm {
  return {
    ...form,
    templateId: template.id,
    vcpus: String(template.vcpus),
    memoryGb: String(template.memoryGb),
    disks: [{ key: 0, sizeGb: String(template.storageGb), storage: "SSD" }],
    disksAsOffered: true,
  };
}

export function withDisk(form: OrderForm, key: number, change: Partial<DiskEntry>): OrderForm {
  const disks = form.disks.map((disk) => (disk.key === key ? { ...disk, ...change } : disk));
  return { ...form, disks, disksAsOffered: false };
}

export function withOneMoreDisk(form: OrderForm): OrderForm {
  const key = Math.max(-1, ...form.disks.map((disk) => disk.key)) + 1;
  return { ...form, disks: [...form.disks, { key, sizeGb: "40", storage: "SSD" }], disksAsOffered: false };
}

export function withoutDisk(form: OrderForm, key: number): OrderForm {
  return { ...form, disks: form.disks.filter((disk) => disk.key !== key), disksAsOffered: false };
}

/** A list with one code more, or less. */
export function toggled(codes: readonly string[], code: string): readonly string[] {
  return codes.includes(code) ? codes.filter((one) => one !== code) : [...codes, code];
}

/** What stands in the way, by field; the server decides in any case. */
export function problemsOf(form: OrderForm): FieldErrors {
  const problems: FieldErrors = sizeProblems(form);
  const name = form.name.trim();
  if (name === "") problems.name = "Give the machine a name.";
  else if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(name) || name.length > 63) {
    problems.name = "Up to 63 letters, digits and hyphens; a hyphen neither first nor last.";
  }
  return problems;
}

/** The machine to price; null while its sizes are none. */
export function pricedConfig(form: OrderForm): VmConfigInput | null {
  if (Object.keys(sizeProblems(form)).length > 0) return null;
  // Only what counts for the price is taken along, so that typing a name asks for no new one.
  return { ...configOf(form), name: NAMELESS, image: IMAGES[0] };
}

/** The machine as the graph takes it. */
export function configOf(form: OrderForm): VmConfigInput {
  const { templateId, disksAsOffered, backup, extraServices, licences } = form;
  return {
    name: form.name.trim(),
    image: form.image,
    backup,
    ...(templateId === null ? { vcpus: Number(form.vcpus), memoryGb: Number(form.memoryGb) } : { templateId }),
    ...((templateId === null || !disksAsOffered) && {
      disks: form.disks.map(({ sizeGb, storage }) => ({ sizeGb: Number(sizeGb), storage })),
    }),
    ...(form.bandwidthMbit.trim() !== "" && { bandwidthMbit: Number(form.bandwidthMbit) }),
    ...(extraServices.length > 0 && { extraServices: [...extraServices] }),
    ...(licences.length > 0 && { licences: [...licences] }),
  };
}

/** Brings the server's problems to the fields that they are about; what belongs to none stays as a sentence. */
export function placeProblems(fields: readonly { path: readonly string[]; message: string }[]): {
  fields: FieldErrors;
  rest: string[];
} {
  const placed: FieldErrors = {};
  const rest: string[] = [];
  for (const { path, message } of fields) {
    const field = fieldOf(path);
    if (field) placed[field] = message;
    else rest.push(message);
  }
  return { fields: placed, rest };
}

const PLAIN_FIELDS = new Set<string>([
  "name",
  "image",
  "vcpus",
  "memoryGb",
  "disks",
  "bandwidthMbit",
  "extraServices",
  "licences",
]);

function fieldOf(path: readonly string[]): OrderField | null {
  const disk = path.indexOf("disks");
  if (disk >= 0 && path[disk + 1] !== undefined) return `disk${Number(path[disk + 1])}`;
  const last = path.at(-1) ?? "";
  return PLAIN_FIELDS.has(last) ? (last as OrderField) : null; // one of the names above
}

function sizeProblems(form: OrderForm): FieldErrors {
  const problems: FieldErrors = {};
  if (form.templateId === null) {
    if (!isWhole(form.vcpus)) problems.vcpus = "A whole number of cores, at least 1.";
    if (!isWhole(form.memoryGb)) problems.memoryGb = "Whole GB, at least 1.";
  }
  if (form.disks.length === 0) problems.disks = "A machine needs a disk to start from.";
  for (const [index, { sizeGb }] of form.disks.entries()) {
    if (!isWhole(sizeGb)) problems[`disk${index}`] = "Whole GB, at least 1.";
  }
  if (form.bandwidthMbit.trim() !== "" && !isWhole(form.bandwidthMbit)) {
    problems.bandwidthMbit = "Whole Mbit/s, or nothing.";
  }
  return problems;
}

function isWhole(text: string): boolean {
  return /^[1-9]\d{0,5}$/.test(text.trim());
}
