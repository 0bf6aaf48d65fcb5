import type { SettingDefinition, ValueOf } from "./definition.js";

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** All settings there are. The page, the variables and `.env.example` are drawn from this. */
export const SETTINGS = {
  "signUp.open": {
    type: "BOOLEAN",
    default: true,
    writeLevel: "INTERNAL",
    description: "Whether people may register by themselves. Invitations work either way.",
  },
  "mfa.required": {
    type: "BOOLEAN",
    default: false,
    writeLevel: "CUSTOMER",
    description: "Whether everybody here must have a second factor. Who has none is asked to set one up.",
  },
  "mfa.rememberDeviceDays": {
    type: "INTEGER",
    default: 0,
    minimum: 0,
    maximum: 90,
    writeLevel: "CUSTOMER",
    description:
      "For how many days a device that was signed in with a second factor is not asked for it again; 0: never.",
  },
  "sessions.idleSeconds": {
    type: "DURATION",
    default: 7 * DAY,
    minimum: HOUR,
    maximum: 90 * DAY,
    writeLevel: "CUSTOMER",
    description: "After how long without being used a session ends, so that one signs in again.",
  },
  "audit.retentionDays": {
    type: "INTEGER",
    default: 3_650,
    minimum: 365,
    maximum: 36_500,
    writeLevel: "RESELLER",
    description: "For how many days the audit trail is kept; what is older is archived.",
  },
  "billing.runwayHours": {
    type: "INTEGER",
    default: 720,
    minimum: 1,
    maximum: 8_760,
    writeLevel: "RESELLER",
    description:
      "For how many hours the wallet must be able to pay everything that runs before another machine is ordered.",
  },
  "billing.graceHours": {
    type: "INTEGER",
    default: 24,
    minimum: 0,
    maximum: 720,
    writeLevel: "RESELLER",
    description:
      "For how many hours machines go on when the wallet is empty. They are paid from what is reserved for this.",
  },
  "mail.smtpUrl": {
    type: "SECRET",
    default: null,
    longest: 500,
    pattern: /^smtps?:\/\/\S+$/,
    rule: "must look like smtps://user:password@mail.example:465",
    environment: "SMTP_URL",
    writeLevel: "INTERNAL",
    description: "The server that takes the platform's mail, with user and password.",
  },
  "mail.from": {
    type: "STRING",
    default: "Tollgate <no-reply@tollgate.example>",
    longest: 200,
    // One line, or it could bring headers of its own into every mail.
    pattern: /^[^\r\n<>]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/,
    rule: "must look like Tollgate <no-reply@tollgate.example>",
    writeLevel: "INTERNAL",
    description: "The sender of all mail.",
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingKey = keyof typeof SETTINGS;
type OfType<T extends SettingDefinition["type"]> = {
  [Key in SettingKey]: (typeof SETTINGS)[Key]["type"] extends T ? Key : never;
}[SettingKey];
/** Settings whose values are sealed. */
export type SecretKey = OfType<"SECRET">;
/** Settings that may be read by anybody in code. */
export type OpenKey = Exclude<SettingKey, SecretKey>;
export type SettingValue<Key extends SettingKey> = ValueOf<(typeof SETTINGS)[Key]>;

/** By key, without what is special about each. */
export const SETTING_DEFINITIONS: Readonly<Record<SettingKey, SettingDefinition>> = SETTINGS;

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[]; // of a literal object, so these and no others

export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key);
