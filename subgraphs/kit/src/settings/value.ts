import { isCurrency, type Money } from "../money/money.js";
import type { ListSetting, MoneySetting, NumberSetting, SettingDefinition } from "./definition.js";

const LONGEST_ITEM = 200;

/** A value that its definition does not allow; `reason` is a stable word, the message a rule such as `must be …`. */
export class SettingValueError extends Error {
  override name = "SettingValueError";

  constructor(
    readonly reason: string,
    rule: string,
  ) {
    super(rule);
  }
}

const refuse = (reason: string, rule: string): never => {
  throw new SettingValueError(reason, rule);
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const numberOf = ({ minimum, maximum, type }: NumberSetting, value: unknown): number => {
  const unit = type === "DURATION" ? " of seconds" : "";
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    return refuse("NOT_A_WHOLE_NUMBER", `must be a whole number${unit}`);
  }
  if (value < minimum || value > maximum) return refuse("OUT_OF_RANGE", `must be from ${minimum} to ${maximum}${unit}`);
  return value;
};

const textOf = (value: unknown, longest: number, { pattern, rule }: { pattern?: RegExp; rule?: string }): string => {
  if (typeof value !== "string") return refuse("NOT_A_TEXT", "must be a text");
  if (value.length > longest) return refuse("TOO_LONG", `must have at most ${longest} characters`);
  if (pattern && !pattern.test(value)) return refuse("MALFORMED", rule ?? "has not the form that it must have");
  return value;
};

const moneyOf = ({ minimum, maximum, default: usual }: MoneySetting, value: unknown): Money => {
  const { minorUnits, currency } = isObject(value) ? value : {};
  const digits = typeof minorUnits === "bigint" ? minorUnits.toString() : minorUnits;
  if (typeof digits !== "string" || !/^-?\d{1,18}$/.test(digits) || typeof currency !== "string") {
    return refuse("NOT_AN_AMOUNT", 'must be an amount such as {"minorUnits": "10000", "currency": "ZAR"}');
  }
  if (!isCurrency(currency) || currency !== usual.currency) {
    return refuse("OTHER_CURRENCY", `must be in ${usual.currency}`);
  }
  const amount = BigInt(digits);
  if (amount < minimum || amount > maximum) {
    return refuse("OUT_OF_RANGE", `must be from ${minimum} to ${maximum} minor units`);
  }
  return { minorUnits: amount, currency };
};

const listOf = (definition: ListSetting, value: unknown): string[] => {
  if (!Array.isArray(value)) return refuse("NOT_A_LIST", "must be a list of texts");
  if (value.length > definition.most) return refuse("TOO_MANY", `must have at most ${definition.most} entries`);
  return [...new Set(value.map((item) => textOf(item, LONGEST_ITEM, definition)))];
};

/**
 * A value as its definition allows it; amounts get bigints.
 * @param value as JSON has it.
 * @throws SettingValueError.
 */
export const checkedValue = (definition: SettingDefinition, value: unknown): unknown => {
  switch (definition.type) {
    case "BOOLEAN":
      return typeof value === "boolean" ? value : refuse("NOT_A_BOOLEAN", "must be true or false");
    case "INTEGER":
    case "DURATION":
      return numberOf(definition, value);
    case "ENUM":
      return typeof value === "string" && definition.allowedValues.includes(value)
        ? value
        : refuse("NOT_ALLOWED", `must be one of ${definition.allowedValues.join(", ")}`);
    case "MONEY":
      return moneyOf(definition, value);
    case "LIST":
      return listOf(definition, value);
    case "STRING":
    case "SECRET":
      return textOf(value, definition.longest, definition);
  }
};

/** A checked value as JSON has it: what is stored and shown. */
export const jsonOf = (value: unknown): unknown =>
  isObject(value) && typeof value["minorUnits"] === "bigint"
    ? { ...value, minorUnits: value["minorUnits"].toString() }
    : value;

const AMOUNT = /^([A-Z]{3}) (-?\d{1,16})\.(\d{2})$/;

/** What the text of a variable says in JSON; what is no such text stays one and is refused by `checkedValue`. */
const jsonOfText = (type: SettingDefinition["type"], text: string): unknown => {
  if (type === "BOOLEAN") return text === "true" || (text === "false" ? false : text);
  if (type === "INTEGER" || type === "DURATION") return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === "LIST")
    return text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  if (type === "MONEY") {
    const [, currency, whole, cents] = AMOUNT.exec(text) ?? [];
    return currency === undefined ? text : { currency, minorUnits: `${whole}${cents}` };
  }
  return text;
};

/**
 * The value that a variable's text stands for: `true`, `24`, `ZAR 100.00`, `one, two`.
 * @throws SettingValueError.
 */
export const valueOfText = (definition: SettingDefinition, text: string): unknown =>
  checkedValue(definition, jsonOfText(definition.type, text));
