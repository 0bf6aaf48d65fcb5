import type { BillingInterval, StorageClass, VmConfigInput } from "../gql/graphql.js";

/** What somebody fills in to order a machine. Sizes of a custom machine are what was typed. */
export interface OrderForm {
  /** Null is a machine of one's own making. */
  templateId: string | null;
  name: string;
  image: string;
  vcpus: string;
  memoryGb: string;
  storageGb: string;
  storage: StorageClass;
  backup: boolean;
  interval: BillingInterval;
}

export type OrderField = "name" | "image" | "vcpus" | "memoryGb" | "storageGb";
export type FieldErrors = Partial<Record<OrderField, string>>;

export const IMAGES = ["Debian 13", "Debian 12", "Ubuntu 24.04", "Alpine 3.22"] as const;

export const EMPTY_FORM: OrderForm = {
  templateId: null,
  name: "",
  image: IMAGES[0],
  vcpus: "2",
  memoryGb: "4",
  storageGb: "40",
  storage: "SSD",
  backup: false,
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
    storageGb: String(template.storageGb),
  };
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
  const common = { name: form.name.trim(), image: form.image, backup: form.backup };
  if (form.templateId !== null) return { ...common, templateId: form.templateId };
  return {
    ...common,
    vcpus: Number(form.vcpus),
    memoryGb: Number(form.memoryGb),
    disks: [{ sizeGb: Number(form.storageGb), storage: form.storage }],
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

function fieldOf(path: readonly string[]): OrderField | null {
  if (path.includes("disks")) return "storageGb";
  const last = path.at(-1);
  return last === "name" || last === "image" || last === "vcpus" || last === "memoryGb" ? last : null;
}

function sizeProblems(form: OrderForm): FieldErrors {
  if (form.templateId !== null) return {};
  const problems: FieldErrors = {};
  if (!isWhole(form.vcpus)) problems.vcpus = "A whole number of cores, at least 1.";
  if (!isWhole(form.memoryGb)) problems.memoryGb = "Whole GB, at least 1.";
  if (!isWhole(form.storageGb)) problems.storageGb = "Whole GB, at least 1.";
  return problems;
}

function isWhole(text: string): boolean {
  return /^[1-9]\d{0,5}$/.test(text.trim());
}
