import type { Database } from "@tollgate/kit";
import { simulate } from "./adapters/simulated/curves.js";
import type { Profile } from "./adapters/simulated/profiles.js";
import type { NewMachine } from "./machines/creation.js";
import { floorTo, WIDTHS } from "./samples/levels.js";
import type { NewSample } from "./samples/metrics.js";
import { SamplePartitions } from "./samples/partitions.js";
import { beginDetailAt, rollUp, writeHours } from "./samples/rollups.js";
import { writeSamples } from "./samples/samples.js";

export type SampledMachine = NewMachine & { profile: Profile };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FINE_SECONDS = 60;
const COARSE_SECONDS = 600;
const COARSE_DAYS = 7;
/** Often enough to meet what lasts half an hour, as backups do. */
const OLD_SECONDS = 1_200;
const BATCH = 4_000;
/** Of what is kept by the hour, so much is written at once; whole hours. */
const OLD_STRETCH = 50 * DAY;

/** Moments by the clock in [from, to), in milliseconds. */
const moments = (from: number, to: number, seconds: number): Date[] => {
  const step = seconds * 1_000;
  const first = Math.ceil(from / step) * step;
  return Array.from(
    { length: Math.max(0, Math.ceil((to - first) / step)) },
    (_, index) => new Date(first + index * step),
  );
};

/** What a machine measured at these moments, those left out at which it was out of order. */
const measured = (machine: SampledMachine, at: readonly Date[], intervalSeconds: number): NewSample[] => {
  const storageBytes = machine.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0n);
  return at.flatMap((moment) => {
    const measurement = simulate({ ...machine, storageBytes }, moment);
    return measurement ? [{ ...measurement, vmId: machine.id, at: moment, intervalSeconds }] : [];
  });
};

const inBatches = async (samples: readonly NewSample[], write: (batch: NewSample[]) => Promise<void>) => {
  for (let i = 0; i < samples.length; i += BATCH) await write(samples.slice(i, i + BATCH));
};

/** How much of a past machines have. */
export interface Past {
  now: Date;
  /** Hours of samples a minute apart before `now`; the rest of the week before has one every ten minutes. */
  historyHours: number;
  /** Days before `now` that there is anything of, by the hour from before that week on; a week when left out. */
  historyDays?: number;
}

/**
 * Writes the past of simulated machines: the last hours a minute apart, the rest of a week ten minutes apart, and what
 * was before that by the hour only, as it would be kept had there been a sample every twenty minutes.
 */
export const writePast = async (
  database: Database,
  machines: readonly SampledMachine[],
  { now, historyHours, historyDays = COARSE_DAYS }: Past,
): Promise<void> => {
  if (machines.length === 0) return;
  const partitions = new SamplePartitions(database);
  const coarseDays = Math.min(COARSE_DAYS, historyDays);
  const coarse = floorTo(WIDTHS.ONE_HOUR, new Date(now.getTime() - coarseDays * DAY)).getTime();
  const fine = now.getTime() - historyHours * HOUR;
  const oldest = floorTo(WIDTHS.ONE_HOUR, new Date(now.getTime() - historyDays * DAY)).getTime();
  for (const machine of machines) {
    const created = machine.createdAt.getTime();
    for (let from = oldest; from < coarse; from += OLD_STRETCH) {
      const old = moments(Math.max(from, created), Math.min(from + OLD_STRETCH, coarse), OLD_SECONDS);
      const samples = measured(machine, old, OLD_SECONDS);
      if (samples.length > 0) await database.system("seed", (tx) => writeHours(tx, samples));
    }
    const recent = [
      ...measured(machine, moments(Math.max(coarse, created), fine, COARSE_SECONDS), COARSE_SECONDS),
      ...measured(machine, moments(Math.max(fine, coarse, created), now.getTime(), FINE_SECONDS), FINE_SECONDS),
    ];
    await partitions.ensure(recent.map(({ at }) => at));
    await inBatches(recent, (batch) => database.system("seed", (tx) => writeSamples(tx, batch)));
  }
  if (historyDays > COARSE_DAYS) await database.system("seed", (tx) => beginDetailAt(tx, new Date(coarse)));
  while (await rollUp(database, now, "wait"));
};
