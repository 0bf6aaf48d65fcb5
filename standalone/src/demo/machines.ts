import { TEMPLATE_SIZES } from "@tollgate/billing";
import type { Profile, SeedMachine, TelemetrySeed } from "@tollgate/telemetry";
import { demoId, demoOrganisations } from "./organisations.js";

const BYTES_PER_GB = 2n ** 30n;
const HISTORY_HOURS = 24;
const DAY = 86_400_000;

type Size = (typeof TEMPLATE_SIZES)[number]["name"];

/** What a customer of the demo runs: a name, a size, what it is used for. */
type Plan = readonly [name: string, size: Size, profile: Profile, state?: "STOPPED" | "FAILED"];

/** Every customer has a shop front and a database; what comes besides goes round. */
const ALWAYS: readonly Plan[] = [
  ["web-1", "medium", "web"],
  ["db-1", "large", "database"],
];
const FURTHER: readonly Plan[] = [
  ["web-2", "medium", "web"],
  ["mail-1", "small", "mail"],
  ["reports-1", "large", "batch"],
  ["build-1", "enterprise", "build"],
  ["staging-1", "small", "idle"],
  ["archive-1", "small", "idle", "STOPPED"],
];
const IMAGES: Record<Profile, string> = {
  web: "Debian 13",
  database: "Debian 13",
  batch: "Ubuntu 24.04",
  mail: "Debian 12",
  build: "Ubuntu 24.04",
  idle: "Alpine 3.22",
};

const machineOf = (
  [name, size, profile, state = undefined]: Plan,
  organisationId: string,
  number: number,
  now: Date,
): SeedMachine => {
  const dimensions = TEMPLATE_SIZES.find((candidate) => candidate.name === size);
  if (!dimensions) throw new Error(`no size ${size}`);
  const { vcpus, memoryGb, storageGb, storage } = dimensions;
  return {
    id: demoId("3", number),
    organisationId,
    name,
    image: IMAGES[profile],
    vcpus,
    memoryBytes: BigInt(memoryGb) * BYTES_PER_GB,
    disks: [{ name: "root", sizeBytes: BigInt(storageGb) * BYTES_PER_GB, storage }],
    addresses: [`10.20.${number >> 8}.${(number & 0xff) + 10}`],
    labels: [{ key: "role", value: profile }],
    state: state ?? "RUNNING",
    createdAt: new Date(now.getTime() - (10 + (number % 15)) * DAY),
    profile,
  };
};

/** Two to five machines for each customer, with a week of history. */
export const machinesSeed = (now: Date): TelemetrySeed => {
  const customers = demoOrganisations().filter((organisation) => organisation.kind === "CUSTOMER");
  const machines = customers.flatMap((customer, position) => {
    const further = Array.from(
      { length: (position + 3) % 4 },
      (_, index) => FURTHER[(position * 2 + index) % FURTHER.length],
    );
    const plans = [...ALWAYS, ...further.filter((plan) => plan !== undefined)];
    return plans.map((plan, index) => machineOf(plan, customer.id, position * 16 + index, now));
  });
  return { machines, now, historyHours: HISTORY_HOURS };
};
