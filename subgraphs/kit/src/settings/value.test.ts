import { describe, expect, it } from "vitest";
import type { SettingDefinition } from "./definition.js";
import { settingEnvironment, settingVariables, variableOf } from "./environment.js";
import { SETTING_DEFINITIONS, SETTING_KEYS } from "./registry.js";
import { checkedValue, jsonOf, SettingValueError, valueOfText } from "./value.js";

const common = { title: "-", description: "-", writeLevel: "CUSTOMER" } as const;
const flag: SettingDefinition = { ...common, type: "BOOLEAN", default: true };
const number: SettingDefinition = { ...common, type: "INTEGER", default: 1, minimum: 0, maximum: 9 };
const duration: SettingDefinition = { ...common, type: "DURATION", default: 60, minimum: 60, maximum: 120 };
const text: SettingDefinition = { ...common, type: "STRING", default: "", longest: 5 };
const choice: SettingDefinition = { ...common, type: "ENUM", default: "A", allowedValues: ["A", "B"] };
const list: SettingDefinition = { ...common, type: "LIST", default: [], most: 2, pattern: /^[a-z]+$/, rule: "no" };
const secret: SettingDefinition = { ...common, type: "SECRET", default: null, longest: 9, pattern: /^s:/, rule: "no" };
const amount: SettingDefinition = {
  ...common,
  type: "MONEY",
  default: { minorUnits: 100n, currency: "ZAR" },
  minimum: 0n,
  maximum: 10n ** 17n,
};
const zar = (minorUnits: string) => ({ minorUnits, currency: "ZAR" });

const reasonOf = (definition: SettingDefinition, value: unknown): string => {
  try {
    checkedValue(definition, value);
    return "allowed";
  } catch (error) {
    return error instanceof SettingValueError ? error.reason : String(error);
  }
};

describe("the value of a setting", () => {
  it.each([
    [flag, "true", "NOT_A_BOOLEAN"],
    [flag, null, "NOT_A_BOOLEAN"],
    [number, 1.5, "NOT_A_WHOLE_NUMBER"],
    [number, "1", "NOT_A_WHOLE_NUMBER"],
    [number, 2 ** 60, "NOT_A_WHOLE_NUMBER"],
    [number, 10, "OUT_OF_RANGE"],
    [duration, 59, "OUT_OF_RANGE"],
    [text, "123456", "TOO_LONG"],
    [text, 5, "NOT_A_TEXT"],
    [choice, "C", "NOT_ALLOWED"],
    [choice, ["A"], "NOT_ALLOWED"],
    [list, "a", "NOT_A_LIST"],
    [list, ["a", "b", "c"], "TOO_MANY"],
    [list, ["A"], "MALFORMED"],
    [list, [{}], "NOT_A_TEXT"],
    [secret, "x", "MALFORMED"],
    [amount, 5, "NOT_AN_AMOUNT"],
    [amount, { minorUnits: "1.5", currency: "ZAR" }, "NOT_AN_AMOUNT"],
    [amount, { minorUnits: "1", currency: "USD" }, "OTHER_CURRENCY"],
    [amount, zar("-1"), "OUT_OF_RANGE"],
  ])("is refused where the definition does not allow it: %#", (definition, value, reason) => {
    expect(reasonOf(definition, value)).toBe(reason);
  });

  it("is kept as it is where it does; a list loses its repetitions, an amount stays exact", () => {
    expect(checkedValue(list, ["b", "b"])).toEqual(["b"]);
    const exact = checkedValue(amount, zar("90071992547409931"));
    expect(exact).toEqual({ minorUnits: 90_071_992_547_409_931n, currency: "ZAR" });
    expect(jsonOf(exact)).toEqual(zar("90071992547409931"));
  });

  it("can be told by a variable, in words of its type", () => {
    expect(valueOfText(flag, "false")).toBe(false);
    expect(valueOfText(number, "7")).toBe(7);
    expect(valueOfText(amount, "ZAR 12.50")).toEqual({ minorUnits: 1_250n, currency: "ZAR" });
    expect(valueOfText(list, "a, b,")).toEqual(["a", "b"]);
    for (const [definition, wrong] of [
      [flag, "yes"],
      [number, "7h"],
      [amount, "12,50"],
    ] as const)
      expect(() => valueOfText(definition, wrong)).toThrow(SettingValueError);
  });
});

describe("the registry", () => {
  it.each(SETTING_KEYS)("has for %s a default that is allowed, a sentence and a key of two parts", (key) => {
    const definition = SETTING_DEFINITIONS[key];
    if (definition.type !== "SECRET") expect(reasonOf(definition, definition.default)).toBe("allowed");
    expect(definition.description).toMatch(/^[A-Z].{20,}\.$/);
    expect(key).toMatch(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/);
  });

  it("gives each setting a variable of its own, which a start checks", () => {
    const variables = SETTING_KEYS.map(variableOf);
    expect(new Set(variables).size).toBe(SETTING_KEYS.length);
    expect(variableOf("mfa.rememberDeviceDays")).toBe("MFA_REMEMBER_DEVICE_DAYS");
    const check = (name: string, value: string) => settingVariables[name]?.safeParse(value).success;
    expect(check("MFA_REMEMBER_DEVICE_DAYS", "30")).toBe(true);
    expect(check("MFA_REMEMBER_DEVICE_DAYS", "91")).toBe(false);
    expect(check("SETTINGS_KEY", "short")).toBe(false);
  });

  it("passes open settings on to other processes, and of secrets the names alone", () => {
    const passed = settingEnvironment({ SIGN_UP_OPEN: "false", SMTP_URL: "smtps://user:word@mail.example", HOME: "/" });
    expect(passed).toEqual({ SIGN_UP_OPEN: "false", SETTINGS_SET_ELSEWHERE: "mail.smtpUrl" });
  });
});
