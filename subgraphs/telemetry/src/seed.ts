import type { Subgraph } from "@tollgate/kit";
import { simulate } from "./adapters/simulated/curves.js";
import type { Profile } from "./adapters/simulated/profiles.js";
import { refreshHealth } from "./health/health.js";
import { createMachines, type NewMachine } from "./machines/creation.js";
import { followStatus } from "./machines/suspension.js";
import type { NewSample } from "./samples/metrics.js";
import { SamplePartitions } from "./samples/partitions.js";
import { writeSamples } from "./samples/samples.js";

export interface SeedMachine extends Omit<NewMachine, "profile" | "isHost" | "createdAt" | "startedAt"> {
  /** How it behaves; null for one that is never sampled. */
  profile: Profile | null;
  /** Three weeks ago when left out. */
  createdAt?: Date;
}

export interface TelemetrySeed {
  machines: readonly SeedMachine[];
  now: Date;
  /** Hours of samples a minute apart before `now`; the rest of the week before has one every ten minutes. */
  historyHours: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FINE_SECONDS = 60;
const COARSE_SECONDS = 600;
const COARSE_DAYS = 7;
const BATCH = 4_000;

/** Moments by the clock in [from, to). */
const moments = (from: number, to: number, seconds: number): Date[] => {
  const step = seconds * 1_000;
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(0, Math.ceil((to - first) / step)) },
    (_, index) => new Date(first + index * step),
  );
};

const historyOf = (machine: NewMachine & { profile: Profile }, now: Date, hours: number): NewSample[] => {
  const storageBytes = machine.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0n);
  const fineFrom = now.getTime() - hours * HOUR;
  const coarseFrom = Math.max(now.getTime() - COARSE_DAYS * DAY, machine.createdAt.getTime());
  const sampled = (at: Date, intervalSeconds: number): NewSample[] => {
    const measured = simulate({ ...machine, storageBytes }, at);
    return measured ? [{ ...measured, vmId: machine.id, at, intervalSeconds }] : [];
  };
  return [
    ...moments(coarseFrom, fineFrom, COARSE_SECONDS).flatMap((at) => sampled(at, COARSE_SECONDS)),
    ...moments(Math.max(fineFrom, coarseFrom), now.getTime(), FINE_SECONDS).flatMap((at) => sampled(at, FINE_SECONDS)),
  ];
};

/**
 * Adds machines with a week of samples behind them. Machines that exist already are left as they are, so that doing it
 * again does nothing. Their organisations must be known to the projection of the tree, whose statuses they follow.
 * @returns how many machines were added.
 */
export const seedTelemetry = async ({ database }: Subgraph, seed: TelemetrySeed): Promise<number> => {
  const machines = seed.machines.map((machine): NewMachine => {
    const createdAt = machine.createdAt ?? new Date(seed.now.getTime() - 21 * DAY);
    return {
      ...machine,
      createdAt,
      startedAt: machine.state === "RUNNING" ? new Date(createdAt.getTime() + 90_000) : null,
    };
  });
  const created = await database.system("seed", (tx) => createMachines(tx, machines, seed.now));
  const isNew = new Set(created.map(({ id }) => id));
  const sampled = machines.filter((machine): machine is NewMachine & { profile: Profile } => {
    return isNew.has(machine.id) && machine.state === "RUNNING" && typeof machine.profile === "string";
  });
  const partitions = new SamplePartitions(database);
  for (const machine of sampled) {
    const history = historyOf(machine, seed.now, seed.historyHours);
    await partitions.ensure(history.map(({ at }) => at));
    for (let i = 0; i < history.length; i += BATCH) {
      await database.system("seed", (tx) => writeSamples(tx, history.slice(i, i + BATCH)));
    }
  }
  if (created.length === 0) return 0;
  await database.system("seed", async (tx) => {
    const statuses = await tx.sql<{ organisationId: string; status: "ACTIVE" | "SUSPENDED" | "CLOSED" }[]>`
      select organisation_id as "organisationId", status from tenancy where status <> 'ACTIVE'`;
    await followStatus(tx, statuses, seed.now);
    await refreshHealth(tx, seed.now);
  });
  return created.length;
};
