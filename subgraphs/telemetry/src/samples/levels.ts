import type { Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { rollupLevel } from "./sample.schema.js";

/** How samples are kept: one by one, and rolled up into buckets. */
export type Level = "RAW" | "FIVE_MINUTES" | "ONE_HOUR";
export type RolledLevel = Exclude<Level, "RAW">;

/** The table of each level. */
export const TABLES: Record<Level, string> = {
  RAW: "sample",
  FIVE_MINUTES: "rollup_five_minutes",
  ONE_HOUR: "rollup_one_hour",
};

/** Width of the buckets in seconds; they are aligned to multiples of it since 1970. */
export const WIDTHS: Record<RolledLevel, number> = { FIVE_MINUTES: 300, ONE_HOUR: 3_600 };

export interface LevelState {
  /** Nothing from before this moment is kept. */
  keptFrom: Date;
  /**
   * Of a rolled level: buckets before this moment have been made; what came late since is in `rollup_mark`. Of RAW: a
   * sample from before this moment is late, for its bucket is made or being made.
   */
  completeUntil: Date;
}

export type Levels = Record<Level, LevelState>;

/** How far each level goes. */
export const readLevels = async (tx: Tx): Promise<Levels> => {
  const rows = await tx.db.select().from(rollupLevel);
  const of = (level: Level): LevelState => {
    const row = rows.find((candidate) => candidate.level === level);
    if (!row) throw new Error(`no level ${level}`);
    return { keptFrom: row.keptFrom, completeUntil: row.completeUntil };
  };
  return { RAW: of("RAW"), FIVE_MINUTES: of("FIVE_MINUTES"), ONE_HOUR: of("ONE_HOUR") };
};

/** Notes that a level is complete up to a moment. The caller holds the lock of rollups. */
export const advance = async (tx: Tx, level: RolledLevel, completeUntil: Date): Promise<void> => {
  await tx.db.update(rollupLevel).set({ completeUntil }).where(eq(rollupLevel.level, level));
};

/** The last multiple of `seconds` at or before a moment. */
export const floorTo = (seconds: number, moment: Date): Date =>
  new Date(Math.floor(moment.getTime() / (seconds * 1_000)) * seconds * 1_000);

/** The first multiple of `seconds` at or after a moment. */
export const ceilTo = (seconds: number, moment: Date): Date =>
  new Date(Math.ceil(moment.getTime() / (seconds * 1_000)) * seconds * 1_000);

/** Names of advisory locks. */
export const LOCKS = {
  /** Held shared by whoever writes samples; exclusively for a moment, to say what is late from now on. */
  intake: "telemetry sample intake",
  /** Held by the one process that rolls up or retires. */
  rollups: "telemetry rollups",
} as const;
