import type { SettingDefinition } from "../definition.js";

/** Of WhatsApp and notifications. */
export const MESSAGING_SETTINGS = {
  "whatsapp.sessions": {
    title: "Sessions",
    type: "INTEGER",
    default: 1,
    minimum: 1,
    maximum: 20,
    unit: "sessions",
    writeLevel: "RESELLER",
    description: "How many WhatsApp sessions an organisation may have.",
  },
  "whatsapp.newContactsPerDay": {
    title: "New contacts a day",
    type: "INTEGER",
    default: 50,
    minimum: 0,
    maximum: 1_000,
    unit: "contacts",
    writeLevel: "RESELLER",
    description:
      "To how many new contacts an organisation may write in a day, lest its number is taken for a spammer's.",
  },
  "notifications.keepDays": {
    title: "Kept for",
    type: "INTEGER",
    default: 90,
    minimum: 7,
    maximum: 730,
    unit: "days",
    writeLevel: "INTERNAL",
    description: "For how many days notifications are kept.",
  },
} as const satisfies Record<`whatsapp.${string}` | `notifications.${string}`, SettingDefinition>;
