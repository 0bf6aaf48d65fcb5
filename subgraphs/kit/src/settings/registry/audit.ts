import type { SettingDefinition } from "../definition.js";

/** Of the audit trail. */
export const AUDIT_SETTINGS = {
  "audit.retentionDays": {
    title: "Kept for",
    type: "INTEGER",
    default: 3_650,
    minimum: 365,
    maximum: 36_500,
    unit: "days",
    writeLevel: "RESELLER",
    description: "For how many days the audit trail is kept; what is older is archived.",
  },
} as const satisfies Record<`audit.${string}`, SettingDefinition>;
