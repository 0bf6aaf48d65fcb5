import { TEMPLATE_SIZES, type TemplateSize } from "@tollgate/billing";
import type { Profile, SeedMachine, TelemetrySeed } from "@tollgate/telemetry";
import { demoId, demoOrganisations } from "./organisations.js";

const BYTES_PER_GB = 2n ** 30n;
/** An hour more than the chart of a day shows, so that it is as fine to its left end. */
const HISTORY_HOURS = 25;
const HISTORY_DAYS = 365;
/** Where nobody wants a past: enough for the chart of an hour, and coarsely of a day. */
const FEW_HOURS = 2;
const FEW_DAYS = 1;
/** Age in days of the first customer's machines, which have all of it behind them; the others are some weeks old. */
const LONG_LIVED = [390, 390, 240, 120, 60];
const DAY = 86_400_000;

type Size = TemplateSize["name"];

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

const sizeOf = (size: Size): TemplateSize => {
  const found = TEMPLATE_SIZES.find((candidate) => candidate.name === size);
  if (!found) throw new Error(`no size ${size}`);
  return found;
};

const machineOf = (
  [name, size, profile, state = undefined]: Plan,
  organisationId: string,
  number: number,
  ageDays: number,
  now: Date,
): SeedMachine => {
  const { vcpus, memoryGb, storageGb, storage } = sizeOf(size);
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
    createdAt: new Date(now.getTime() - ageDays * DAY),
    profile,
  };
};

/** What each customer runs: two to five machines. */
const plans = (): { organisationId: string; machines: Plan[] }[] =>
  demoOrganisations()
    .filter((organisation) => organisation.kind === "CUSTOMER")
    .map(({ id: organisationId }, position) => {
      const further = Array.from(
        { length: (position + 3) % 4 },
        (_, index) => FURTHER[(position * 2 + index) % FURTHER.length],
      );
      return { organisationId, machines: [...ALWAYS, ...further.filter((plan) => plan !== undefined)] };
    });

/** What each customer's machines cost in a month if all of them run, in cents, by organisation. */
export const monthlyCosts = (): Map<string, bigint> =>
  new Map(
    plans().map(({ organisationId, machines }) => [
      organisationId,
      machines.reduce((sum, [, size]) => sum + sizeOf(size).monthlyMinorUnits, 0n),
    ]),
  );

/**
 * The customers' machines.
 * @param hasPast whether they have a history as long as they live, a year at most; else that of a day.
 */
export const machinesSeed = (now: Date, hasPast: boolean): TelemetrySeed => {
  const machines = plans().flatMap(({ organisationId, machines: own }, position) =>
    own.map((plan, index) => {
      const number = position * 16 + index;
      const ageDays = (position === 0 ? LONG_LIVED[index] : undefined) ?? 10 + (number % 15);
      return machineOf(plan, organisationId, number, ageDays, now);
    }),
  );
  const past = hasPast
    ? { historyHours: HISTORY_HOURS, historyDays: HISTORY_DAYS }
    : { historyHours: FEW_HOURS, historyDays: FEW_DAYS };
  return { machines, now, ...past };
};
