import type { SettingDefinition, ValueOf } from "./definition.js";
import { AUDIT_SETTINGS } from "./registry/audit.js";
import { BILLING_SETTINGS } from "./registry/billing.js";
import { MAIL_SETTINGS } from "./registry/mail.js";
import { MESSAGING_SETTINGS } from "./registry/messaging.js";
import { PAYMENTS_SETTINGS } from "./registry/payments.js";
import { PEOPLE_SETTINGS } from "./registry/people.js";
import { TELEMETRY_SETTINGS } from "./registry/telemetry.js";

/** All settings there are. The page, the variables and `.env.example` are drawn from this. */
const SETTINGS = {
  ...PEOPLE_SETTINGS,
  ...AUDIT_SETTINGS,
  ...BILLING_SETTINGS,
  ...PAYMENTS_SETTINGS,
  ...MESSAGING_SETTINGS,
  ...TELEMETRY_SETTINGS,
  ...MAIL_SETTINGS,
};

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
