/** What a simulated machine is used for, which decides its curves. */
export interface Behaviour {
  /** Percent of CPU at night. */
  cpuBase: number;
  /** Percent added at the busiest hour of a working day. */
  cpuDay: number;
  /** Percent added by a burst. */
  cpuBurst: number;
  /** Share of 20-minute slots with a burst. */
  burstProbability: number;
  /** What is left of the day's rhythm at the weekend, 0-1. */
  weekend: number;
  /** Share of memory after a restart, and what it grows by until the next one. */
  memoryBase: number;
  memoryGrowth: number;
  /** Share of the disk at the start, and what it grows by in a month until somebody tidies up. */
  diskBase: number;
  diskGrowth: number;
  /** Bytes per second per percent of CPU and vCPU. */
  networkIn: number;
  networkOut: number;
  diskRead: number;
  diskWrite: number;
}

export const PROFILES = {
  web: {
    cpuBase: 6,
    cpuDay: 38,
    cpuBurst: 30,
    burstProbability: 0.12,
    weekend: 0.55,
    memoryBase: 0.38,
    memoryGrowth: 0.22,
    diskBase: 0.3,
    diskGrowth: 0.1,
    networkIn: 9_000,
    networkOut: 52_000,
    diskRead: 1_500,
    diskWrite: 3_500,
  },
  database: {
    cpuBase: 12,
    cpuDay: 30,
    cpuBurst: 35,
    burstProbability: 0.15,
    weekend: 0.6,
    memoryBase: 0.68,
    memoryGrowth: 0.12,
    diskBase: 0.48,
    diskGrowth: 0.18,
    networkIn: 12_000,
    networkOut: 16_000,
    diskRead: 42_000,
    diskWrite: 65_000,
  },
  batch: {
    cpuBase: 4,
    cpuDay: 8,
    cpuBurst: 85,
    burstProbability: 0.25,
    weekend: 0.9,
    memoryBase: 0.25,
    memoryGrowth: 0.15,
    diskBase: 0.4,
    diskGrowth: 0.25,
    networkIn: 6_000,
    networkOut: 5_000,
    diskRead: 60_000,
    diskWrite: 50_000,
  },
  mail: {
    cpuBase: 5,
    cpuDay: 18,
    cpuBurst: 25,
    burstProbability: 0.1,
    weekend: 0.3,
    memoryBase: 0.42,
    memoryGrowth: 0.18,
    diskBase: 0.55,
    diskGrowth: 0.22,
    networkIn: 14_000,
    networkOut: 10_000,
    diskRead: 8_000,
    diskWrite: 15_000,
  },
  build: {
    cpuBase: 3,
    cpuDay: 25,
    cpuBurst: 70,
    burstProbability: 0.3,
    weekend: 0.1,
    memoryBase: 0.3,
    memoryGrowth: 0.2,
    diskBase: 0.5,
    diskGrowth: 0.3,
    networkIn: 30_000,
    networkOut: 6_000,
    diskRead: 35_000,
    diskWrite: 60_000,
  },
  idle: {
    cpuBase: 1.5,
    cpuDay: 2,
    cpuBurst: 6,
    burstProbability: 0.03,
    weekend: 0.9,
    memoryBase: 0.14,
    memoryGrowth: 0.04,
    diskBase: 0.15,
    diskGrowth: 0.03,
    networkIn: 2_000,
    networkOut: 2_000,
    diskRead: 1_000,
    diskWrite: 2_000,
  },
} as const satisfies Record<string, Behaviour>;

export type Profile = keyof typeof PROFILES;

export const isProfile = (name: string | null): name is Profile => name !== null && Object.hasOwn(PROFILES, name);
