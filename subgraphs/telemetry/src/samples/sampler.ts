import type { Database, SubgraphKit, Tx, Worker } from "@tollgate/kit";
import { Loop } from "@tollgate/kit/process";
import { and, eq, isNotNull } from "drizzle-orm";
import { simulate } from "../adapters/simulated/curves.js";
import { isProfile } from "../adapters/simulated/profiles.js";
import { vm } from "../machines/machine.schema.js";
import type { SampleIntake } from "./intake.js";
import type { NewSample } from "./metrics.js";
import { claimTurn } from "./turns.js";

const GLANCE_MILLISECONDS = 250;

/** Calls `work` once for each stretch of `seconds` by the clock, with the moment it begins. */
export const byTheClock = (
  kit: SubgraphKit,
  name: string,
  seconds: number,
  clock: () => Date,
  work: (at: Date) => Promise<void>,
): Worker => {
  let last = -1;
  const glance = async () => {
    const number = Math.floor(clock().getTime() / (seconds * 1_000));
    if (number === last) return;
    await work(new Date(number * seconds * 1_000));
    last = number;
  };
  const loop = new Loop(name, Math.min(GLANCE_MILLISECONDS, seconds * 250), glance, kit.logger);
  return { name, start: () => loop.start(), stop: () => loop.stop() };
};

/** What the running simulated machines measure at a moment. */
const simulatedSamples = async (tx: Tx, at: Date, intervalSeconds: number): Promise<NewSample[]> => {
  const { id, profile, vcpus, memoryBytes, storageBytes, startedAt } = vm;
  const machines = await tx.db
    .select({ id, profile, vcpus, memoryBytes, storageBytes, startedAt })
    .from(vm)
    .where(and(eq(vm.state, "RUNNING"), isNotNull(vm.profile)));
  return machines.flatMap((machine) => {
    const { profile } = machine;
    const measured = isProfile(profile) ? simulate({ ...machine, profile }, at) : null;
    return measured ? [{ ...measured, vmId: machine.id, at, intervalSeconds }] : [];
  });
};

/** Samples the simulated fleet at a moment. All processes may call it for the same moment: one of them does it. */
export const sampleFleet = async (
  database: Database,
  intake: SampleIntake,
  at: Date,
  seconds: number,
): Promise<void> => {
  const samples = await database.system("fleet-sampler", async (tx) => {
    const number = BigInt(Math.floor(at.getTime() / (seconds * 1_000)));
    return (await claimTurn(tx, `sample every ${seconds} s`, number)) ? simulatedSamples(tx, at, seconds) : [];
  });
  // Should this fail, the machines have a gap of one sample, as real ones would.
  await intake.take("fleet-sampler", samples);
};
