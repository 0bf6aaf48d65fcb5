/** What health is judged by: the last hour of one machine. Shares are 0-1, null where nothing was measured. */
export interface HourOfMachine {
  cpuAverage: number | null;
  memoryAverage: number | null;
  /** Of the newest sample. */
  diskShare: number | null;
  /** Time that samples stand for, of the time that they were expected. */
  availability: number;
}

export type HealthFactor = "CPU" | "MEMORY" | "DISK_HEADROOM" | "AVAILABILITY" | "INCIDENTS" | "NO_DATA";

export interface HealthReason {
  kind: HealthFactor;
  points: number;
  message: string;
}

/** From nothing below `from` to `most` points at 100 percent. */
const overload = (share: number, from: number, most: number): number =>
  Math.round(Math.min(1, Math.max(0, (share - from) / (1 - from))) * most);

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** Below this many points a machine counts as unhealthy. */
export const HEALTHY_SCORE = 60;

/** A score from 0 to 100 with what took points off, the weightiest first. */
export const judge = (hour: HourOfMachine): { score: number; reasons: HealthReason[] } => {
  if (hour.availability === 0) {
    return { score: 0, reasons: [{ kind: "NO_DATA", points: 100, message: "Nothing was measured in the last hour." }] };
  }
  const reasons: HealthReason[] = [];
  const add = (kind: HealthFactor, points: number, message: string) => {
    if (points > 0) reasons.push({ kind, points, message });
  };
  const { cpuAverage, memoryAverage, diskShare, availability } = hour;
  if (cpuAverage !== null) {
    add("CPU", overload(cpuAverage, 0.7, 30), `The CPU was busy for ${percent(cpuAverage)} of the last hour.`);
  }
  if (memoryAverage !== null) {
    add(
      "MEMORY",
      overload(memoryAverage, 0.8, 30),
      `${percent(memoryAverage)} of the memory was in use over the last hour.`,
    );
  }
  if (diskShare !== null)
    add("DISK_HEADROOM", overload(diskShare, 0.8, 40), `${percent(diskShare)} of the disk is full.`);
  // A sample or two may always be late.
  if (availability < 0.97) {
    add(
      "AVAILABILITY",
      Math.round((1 - availability) * 60),
      `Only ${percent(availability)} of the last hour was measured.`,
    );
  }
  reasons.sort((a, b) => b.points - a.points);
  const lost = reasons.reduce((sum, reason) => sum + reason.points, 0);
  return { score: Math.max(0, 100 - lost), reasons };
};
