import type { SettingDefinition } from "../definition.js";

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** Of users and their sessions. */
export const PEOPLE_SETTINGS = {
  "signUp.open": {
    title: "Open to everybody",
    type: "BOOLEAN",
    default: true,
    writeLevel: "INTERNAL",
    description: "Whether people may register by themselves. Invitations work either way.",
  },
  "mfa.required": {
    title: "Required of everybody",
    type: "BOOLEAN",
    default: false,
    writeLevel: "CUSTOMER",
    description: "Whether everybody here must have a second factor. Who has none is asked to set one up.",
  },
  "mfa.rememberDeviceDays": {
    title: "Remembering a device",
    type: "INTEGER",
    default: 0,
    minimum: 0,
    maximum: 90,
    unit: "days",
    writeLevel: "CUSTOMER",
    description:
      "For how many days a device that was signed in with a second factor is not asked for it again; 0: never.",
  },
  "sessions.idleSeconds": {
    title: "End of a session that is not used",
    type: "DURATION",
    default: 7 * DAY,
    minimum: HOUR,
    // The gateway keeps streams open on tokens as old as this, not older.
    maximum: 7 * DAY,
    writeLevel: "CUSTOMER",
    description: "After how long without being used a session ends, so that one signs in again.",
  },
} as const satisfies Record<`signUp.${string}` | `mfa.${string}` | `sessions.${string}`, SettingDefinition>;
