import type { SettingDefinition } from "../definition.js";

/** Of samples. */
export const TELEMETRY_SETTINGS = {
  "telemetry.keepSamplesDays": {
    title: "Single samples kept for",
    type: "INTEGER",
    default: 7,
    minimum: 1,
    maximum: 400,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days samples of machines are kept one by one. What was dropped does not come back.",
  },
  "telemetry.keepFiveMinutesDays": {
    title: "Buckets of five minutes kept for",
    type: "INTEGER",
    default: 90,
    minimum: 1,
    maximum: 1_000,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days they are kept in buckets of five minutes; dropped by whole months.",
  },
  "telemetry.keepHoursDays": {
    title: "Buckets of an hour kept for",
    type: "INTEGER",
    default: 730,
    minimum: 1,
    maximum: 1_000,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days they are kept in buckets of an hour; dropped by whole months.",
  },
} as const satisfies Record<`telemetry.${string}`, SettingDefinition>;
