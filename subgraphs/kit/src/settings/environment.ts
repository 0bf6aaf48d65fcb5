import { z } from "zod";
import { SETTING_DEFINITIONS, SETTING_KEYS, type SettingKey } from "./registry.js";
import { SettingValueError, valueOfText } from "./value.js";

/** The variable that overrides a setting: `mfa.rememberDeviceDays` is MFA_REMEMBER_DEVICE_DAYS. */
export const variableOf = (key: SettingKey): string =>
  SETTING_DEFINITIONS[key].environment ??
  key
    .replaceAll(".", "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase();

const checked = (key: SettingKey) =>
  z
    .string()
    .superRefine((text, context) => {
      try {
        valueOfText(SETTING_DEFINITIONS[key], text);
      } catch (error) {
        if (!(error instanceof SettingValueError)) throw error;
        context.addIssue({ code: "custom", message: error.message });
      }
    })
    .optional();

const secret = z.string().min(32, "must have at least 32 characters").optional();

/** Keys that sealed values lie under; see `keys.ts`. */
export const keyVariables = { SETTINGS_KEY: secret, SETTINGS_PREVIOUS_KEY: secret };

/** Settings whose secrets only other processes have in their environment, so that organisations can say so. */
const ELSEWHERE = "SETTINGS_SET_ELSEWHERE";

/** All variables about settings, for the check at a start. Each of a setting overrides what is written in the graph. */
export const settingVariables: Record<string, z.ZodOptional<z.ZodString>> = {
  ...Object.fromEntries(SETTING_KEYS.map((key) => [variableOf(key), checked(key)])),
  ...keyVariables,
  [ELSEWHERE]: z.string().optional(),
};

/** Whether the environment has the last word about a setting, here or where its secret is. */
export const isSetByEnvironment = (key: SettingKey, environment = process.env): boolean =>
  Boolean(environment[variableOf(key)]) ||
  (environment[ELSEWHERE] ?? "")
    .split(",")
    .map((each) => each.trim())
    .includes(key);

/** What the environment of this process says, checked; undefined when it says nothing. */
export const valueFromEnvironment = (key: SettingKey, environment = process.env): unknown => {
  const text = environment[variableOf(key)];
  return text ? valueOfText(SETTING_DEFINITIONS[key], text) : undefined;
};

/**
 * What another process on the same computer shall be told of the settings in this one's environment. Secrets go along by
 * name only: who needs one gets it by itself.
 */
export const settingEnvironment = (environment = process.env): Record<string, string> => {
  const given = SETTING_KEYS.filter((key) => environment[variableOf(key)]);
  const open = given.filter((key) => SETTING_DEFINITIONS[key].type !== "SECRET").map(variableOf);
  const secrets = given.filter((key) => SETTING_DEFINITIONS[key].type === "SECRET");
  const passed = [...open, ...Object.keys(keyVariables)].flatMap((name) => {
    const text = environment[name];
    return text ? [[name, text]] : [];
  });
  return Object.fromEntries([...passed, ...(secrets.length > 0 ? [[ELSEWHERE, secrets.join(",")]] : [])]);
};
