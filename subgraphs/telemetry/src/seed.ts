import type { Subgraph } from "@tollgate/kit";
import type { Profile } from "./adapters/simulated/profiles.js";
import { refreshHealth } from "./health/health.js";
import { type Past, type SampledMachine, writePast } from "./history.js";
import { createMachines, type NewMachine } from "./machines/creation.js";
import { followStatus } from "./machines/suspension.js";

export interface SeedMachine extends Omit<NewMachine, "profile" | "isHost" | "createdAt" | "startedAt"> {
  /** How it behaves; null for one that is never sampled. */
  profile: Profile | null;
  /** Three weeks ago when left out. */
  createdAt?: Date;
}

/** Machines, and how much of a past they have. */
export interface TelemetrySeed extends Past {
  machines: readonly SeedMachine[];
}

const DAY = 86_400_000;

/**
 * Adds machines with their past behind them. Machines that exist already are left as they are, so that doing it
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
  const sampled = machines.filter((machine): machine is SampledMachine => {
    return isNew.has(machine.id) && machine.state === "RUNNING" && typeof machine.profile === "string";
  });
  if (created.length === 0) return 0;
  await writePast(database, sampled, seed);
  await database.system("seed", async (tx) => {
    const statuses = await tx.sql<{ organisationId: string; status: "ACTIVE" | "SUSPENDED" | "CLOSED" }[]>`
      select organisation_id as "organisationId", status from tenancy where status <> 'ACTIVE'`;
    await followStatus(tx, statuses, seed.now);
    await refreshHealth(tx, seed.now);
  });
  return created.length;
};
