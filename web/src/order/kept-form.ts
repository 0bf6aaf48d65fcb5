import type { BillingInterval, StorageClass } from "../gql/graphql.js";
import { type DiskEntry, IMAGES, MOST_DISKS, type OrderForm } from "./order-form.js";

const KEY = "tollgate.order";
const CLASSES: Record<StorageClass, true> = { STANDARD: true, SSD: true, NVME: true };
const INTERVALS: Record<BillingInterval, true> = { HOURLY: true, MONTHLY: true, ANNUAL: true };
const LONGEST = 100;

type Kept = Pick<Storage, "getItem" | "setItem">;

/** Keeps what is filled in, for as long as this tab lives: paying at a provider leads away from the page and back. */
export function keepForm(storage: Kept, form: OrderForm): void {
  storage.setItem(KEY, JSON.stringify(form));
}

/** What was filled in before; null where nothing is kept, or nothing that can be trusted. */
export function keptForm(storage: Kept): OrderForm | null {
  try {
    return formOf(JSON.parse(storage.getItem(KEY) ?? "null"));
  } catch {
    // Not JSON: whatever wrote it, it was not this page.
    return null;
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= LONGEST;
const areTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

function formOf(value: unknown): OrderForm | null {
  if (typeof value !== "object" || value === null) return null;
  const read = new Map<string, unknown>(Object.entries(value));
  const text = (field: string): string => {
    const found = read.get(field);
    if (!isText(found)) throw new TypeError(`no ${field}`);
    return found;
  };
  const texts = (field: string): string[] => {
    const found = read.get(field);
    if (!areTexts(found)) throw new TypeError(`no ${field}`);
    return found;
  };
  const [image, interval, disks] = [text("image"), text("interval"), disksOf(read.get("disks"))];
  if (!disks || !IMAGES.some((one) => one === image) || !isInterval(interval)) return null;
  return {
    templateId: read.get("templateId") === null ? null : text("templateId"),
    name: text("name"),
    image,
    vcpus: text("vcpus"),
    memoryGb: text("memoryGb"),
    disks,
    disksAsOffered: read.get("disksAsOffered") === true,
    bandwidthMbit: text("bandwidthMbit"),
    backup: read.get("backup") === true,
    extraServices: texts("extraServices"),
    licences: texts("licences"),
    interval,
  };
}

const isInterval = (value: string): value is BillingInterval => Object.hasOwn(INTERVALS, value);
const isClass = (value: unknown): value is StorageClass => typeof value === "string" && Object.hasOwn(CLASSES, value);

function disksOf(value: unknown): DiskEntry[] | null {
  if (!Array.isArray(value) || value.length > MOST_DISKS) return null;
  const disks = value.flatMap((one: unknown): DiskEntry[] => {
    const [key, sizeGb, storage] = ["key", "sizeGb", "storage"].map((field) => Object(one)[field] as unknown); // read below
    return Number.isInteger(key) && isText(sizeGb) && isClass(storage) ? [{ key: Number(key), sizeGb, storage }] : [];
  });
  return disks.length === value.length ? disks : null;
}
