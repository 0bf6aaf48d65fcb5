export type {
  BooleanSetting,
  EnumSetting,
  ListSetting,
  MoneySetting,
  NumberSetting,
  SecretSetting,
  SettingDefinition,
  SettingType,
  TextSetting,
  ValueOf,
} from "./definition.js";
export {
  isSetByEnvironment,
  settingEnvironment,
  settingVariables,
  valueFromEnvironment,
  variableOf,
} from "./environment.js";
export { type SealedValue, SettingKeys } from "./keys.js";
export {
  readSecret,
  readSetting,
  readSettingOfEach,
  readSettings,
  readSettingsOfEach,
  type WrittenSetting,
  writtenSettings,
} from "./read.js";
export {
  isSettingKey,
  type OpenKey,
  SETTING_DEFINITIONS,
  SETTING_KEYS,
  type SecretKey,
  type SettingKey,
  type SettingValue,
} from "./registry.js";
export { checkedValue, jsonOf, SettingValueError } from "./value.js";
