import type { Measurement } from "../../samples/metrics.js";
import { burst, chance, drift, seedOf } from "./noise.js";
import { type Behaviour, PROFILES, type Profile } from "./profiles.js";

/** What a simulated machine is, as far as its curves depend on it. */
export interface SimulatedMachine {
  id: string;
  profile: Profile;
  vcpus: number;
  memoryBytes: bigint;
  storageBytes: bigint;
  startedAt: Date | null;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const MONTH = 30 * DAY;
const RESTART_SECONDS = 120;

/** One channel of noise for each thing that varies on its own. */
const CHANNEL = {
  day: 0,
  slow: 1,
  quick: 2,
  jitter: 3,
  burst: 10,
  memory: 20,
  network: 30,
  disk: 40,
  outage: 50,
  phase: 60,
} as const;

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** 0 at night to 1 in the early afternoon, shifted a little from machine to machine. */
const timeOfDay = (seed: number, seconds: number): number => {
  const shift = (chance(seed, CHANNEL.day, 0) - 0.5) * 3 * HOUR;
  const angle = (2 * Math.PI * (seconds + shift - 13 * HOUR)) / DAY;
  return ((1 + Math.cos(angle)) / 2) ** 1.4;
};

/** 1 on working days, `weekend` on Saturday and Sunday (UTC), with two hours between them. */
const timeOfWeek = (seconds: number, weekend: number): number => {
  // The epoch began on a Thursday: this counts from Saturday, midnight.
  const sinceSaturday = (((seconds - 2 * DAY) % WEEK) + WEEK) % WEEK;
  const into = sinceSaturday > WEEK - HOUR ? sinceSaturday - WEEK : sinceSaturday;
  const rest = clamp(Math.min((into + HOUR) / (2 * HOUR), (2 * DAY + HOUR - into) / (2 * HOUR)), 0, 1);
  return 1 - (1 - weekend) * rest;
};

const cpuPercent = (seed: number, seconds: number, behaviour: Behaviour): number => {
  const rhythm = timeOfDay(seed, seconds) * timeOfWeek(seconds, behaviour.weekend);
  const size = 0.7 + 0.6 * chance(seed, CHANNEL.phase, 1);
  const slow = 1 + 0.25 * drift(seed, CHANNEL.slow, seconds, 2 * HOUR);
  const quick = 1 + 0.18 * drift(seed, CHANNEL.quick, seconds, 90) + 0.1 * drift(seed, CHANNEL.jitter, seconds, 20);
  const extra = burst(seed, CHANNEL.burst, seconds, {
    slotSeconds: 1_200,
    probability: behaviour.burstProbability,
    riseSeconds: 40,
  });
  return clamp(
    (behaviour.cpuBase + behaviour.cpuDay * rhythm) * size * slow * quick + behaviour.cpuBurst * extra,
    0.2,
    100,
  );
};

/** Seconds since the last restart: every 4 to 12 days, each machine at its own time. */
const secondsSinceRestart = (seed: number, seconds: number): { passed: number; cycle: number } => {
  const cycle = (4 + 8 * chance(seed, CHANNEL.memory, 0)) * DAY;
  const phase = cycle * chance(seed, CHANNEL.memory, 1);
  return { passed: (((seconds - phase) % cycle) + cycle) % cycle, cycle };
};

const memoryShare = (seed: number, seconds: number, cpu: number, behaviour: Behaviour): number => {
  const { passed, cycle } = secondsSinceRestart(seed, seconds);
  const size = 0.85 + 0.35 * chance(seed, CHANNEL.memory, 2);
  const grown = behaviour.memoryBase * size + behaviour.memoryGrowth * (passed / cycle);
  const moving = 0.02 * drift(seed, CHANNEL.memory + 3, seconds, 15 * 60) + 0.0008 * cpu;
  const afterRestart = clamp(passed / RESTART_SECONDS, 0.3, 1);
  return clamp((grown + moving) * afterRestart, 0.03, 0.98);
};

/** Grows until somebody tidies up once a month. */
const diskShare = (seed: number, seconds: number, behaviour: Behaviour): number => {
  const phase = MONTH * chance(seed, CHANNEL.disk, 0);
  const passed = (((seconds - phase) % MONTH) + MONTH) % MONTH;
  const size = 0.7 + 0.7 * chance(seed, CHANNEL.disk, 1);
  return clamp(behaviour.diskBase * size + behaviour.diskGrowth * (passed / MONTH), 0.02, 0.97);
};

/** Backup of half an hour in the small hours, each machine at its own minute. */
const backup = (seed: number, seconds: number): number => {
  const start = HOUR + 3 * HOUR * chance(seed, CHANNEL.phase, 2);
  const into = (((seconds - start) % DAY) + DAY) % DAY;
  return clamp(Math.min(into, 1_800 - into) / 60, 0, 1);
};

/** About once in three weeks a machine is gone for some minutes, and nothing is measured. */
const isOut = (seed: number, seconds: number): boolean => {
  const slot = Math.floor(seconds / HOUR);
  if (chance(seed, CHANNEL.outage, slot) >= 0.002) return false;
  const start = HOUR * 0.7 * chance(seed, CHANNEL.outage + 1, slot);
  const length = 180 + 600 * chance(seed, CHANNEL.outage + 2, slot);
  const into = seconds - slot * HOUR;
  return into >= start && into < start + length;
};

const portionOf = (bytes: bigint, share: number): bigint =>
  (bytes * BigInt(Math.round(share * 1_000_000))) / 1_000_000n;

const hundredths = (value: number) => Math.round(value * 100) / 100;

/**
 * What a simulated machine measures at a moment; null while it is out of order. It depends on nothing but its
 * arguments, so the past can be written at once and every process sees the same machine.
 */
export const simulate = (machine: SimulatedMachine, at: Date): Measurement | null => {
  const seed = seedOf(machine.id);
  const seconds = at.getTime() / 1_000;
  if (isOut(seed, seconds)) return null;
  const behaviour: Behaviour = PROFILES[machine.profile];
  const cpu = cpuPercent(seed, seconds, behaviour);
  const work = cpu * machine.vcpus;
  const network = 1 + 0.35 * drift(seed, CHANNEL.network, seconds, 45);
  const storage = 1 + 0.4 * drift(seed, CHANNEL.disk + 2, seconds, 40);
  const copying = backup(seed, seconds) * machine.vcpus;
  const sinceStart = machine.startedAt === null ? Infinity : seconds - machine.startedAt.getTime() / 1_000;
  const uptime = Math.max(0, Math.min(secondsSinceRestart(seed, seconds).passed, sinceStart));
  return {
    cpuPercent: hundredths(cpu),
    memoryUsedBytes: portionOf(machine.memoryBytes, memoryShare(seed, seconds, cpu, behaviour)),
    memoryTotalBytes: machine.memoryBytes,
    diskUsedBytes: portionOf(machine.storageBytes, diskShare(seed, seconds, behaviour)),
    diskTotalBytes: machine.storageBytes,
    diskReadRate: Math.round(work * behaviour.diskRead * storage + copying * 18_000_000),
    diskWriteRate: Math.round(work * behaviour.diskWrite * storage),
    networkInRate: Math.round(work * behaviour.networkIn * network),
    networkOutRate: Math.round(work * behaviour.networkOut * network + copying * 9_000_000),
    load: hundredths((work / 100) * (1 + 0.2 * drift(seed, CHANNEL.slow + 4, seconds, 120))),
    uptimeSeconds: BigInt(Math.floor(uptime)),
  };
};
