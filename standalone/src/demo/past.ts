import type { SeededPast } from "@tollgate/billing";
import type { SeedMachine } from "@tollgate/telemetry";
import { leftOf } from "./books.js";

const DAY = 86_400_000;

/** The use that customers' machines have behind them, for as many days as they live, at most `days`. */
export const pastOf = (machines: readonly SeedMachine[], days: number, now: Date): SeededPast => {
  const from = new Date(now.getTime() - days * DAY);
  return {
    from,
    now,
    left: leftOf(),
    machines: machines.map(({ id: vmId, organisationId, name, vcpus, memoryBytes, disks, state, createdAt }) => ({
      ...{ vmId, organisationId, name, vcpus, memoryBytes, disks, state, isCharged: true },
      at: createdAt !== undefined && createdAt > from ? createdAt : from,
    })),
  };
};
