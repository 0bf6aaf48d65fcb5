import { describe, expect, it } from "vitest";
import { createFormats } from "../format/formats.js";
import type { SettingFieldsFragment } from "../gql/graphql.js";
import { groupsOf, sourceWords, valueWords, whyFixed } from "./setting-words.js";
import { readValue, typedOf } from "./value-entry.js";

const formats = createFormats({ locale: "en-ZA", timeZone: "UTC" });

const settingOf = (
  definition: Partial<SettingFieldsFragment["definition"]>,
  rest: Partial<SettingFieldsFragment> = {},
): SettingFieldsFragment => ({
  value: null,
  isSet: false,
  source: "DEFAULT",
  changedAt: null,
  inheritedFrom: null,
  changedBy: null,
  definition: {
    key: "billing.graceHours",
    type: "INTEGER",
    title: "Grace",
    unit: "hours",
    description: "For how many hours machines go on.",
    default: 24,
    allowedValues: null,
    minimum: 1,
    maximum: 720,
    isSecret: false,
    writeLevel: "RESELLER",
    variable: "BILLING_GRACE_HOURS",
    ...definition,
  },
  ...rest,
});

describe("settings in words", () => {
  it("are grouped by what they are about, and found by every word of it", () => {
    const settings = [
      settingOf({ key: "mfa.required", description: "Whether everybody must have one." }),
      settingOf({}),
      settingOf({ key: "billing.runwayHours", description: "For how many hours the wallet must pay." }),
    ];
    expect(groupsOf(settings, "").map(({ area, settings: own }) => [area, own.length])).toEqual([
      ["Second factor", 1],
      ["Billing", 2],
    ]);
    expect(groupsOf(settings, "billing WALLET")[0]?.settings).toHaveLength(1);
    expect(groupsOf(settings, "nothing like it")).toEqual([]);
  });

  it("tell a value by its type, and of a secret only that there is one", () => {
    const words = (type: SettingFieldsFragment["definition"]["type"], value: unknown, isSet = true) =>
      valueWords(settingOf({ type }).definition, value, isSet, formats);
    expect([words("INTEGER", 24), words("INTEGER", 1)]).toEqual(["24 hours", "1 hour"]);
    expect([words("BOOLEAN", true), words("BOOLEAN", false)]).toEqual(["Yes", "No"]);
    expect([words("DURATION", 604_800), words("DURATION", 3_600), words("DURATION", 90)]).toEqual([
      "7 days",
      "1 hour",
      "90 seconds",
    ]);
    expect(words("MONEY", { minorUnits: "5", currency: "ZAR" })).toMatch(/0,05/);
    expect(words("LIST", [])).toBe("None");
    expect([words("SECRET", null), words("SECRET", null, false)]).toEqual(["There is one", "None"]);
  });

  it("tell where a value comes from, and why it cannot be changed", () => {
    const inherited = { source: "ANCESTOR" as const, inheritedFrom: { id: "1", name: "Reseller" } };
    expect(sourceWords(settingOf({}, inherited))).toBe("Inherited from Reseller");
    expect(sourceWords(settingOf({}, { source: "PLATFORM" }))).toBe("Set for the whole platform");
    expect(sourceWords(settingOf({}, { source: "ENVIRONMENT" }))).toContain("BILLING_GRACE_HOURS");
    expect(whyFixed(settingOf({}), "CUSTOMER", "CUSTOMER")).not.toBeNull();
    expect(whyFixed(settingOf({}), "RESELLER", "CUSTOMER")).toBeNull();
    expect(whyFixed(settingOf({ writeLevel: "INTERNAL" }), "INTERNAL", "RESELLER")).not.toBeNull();
    expect(whyFixed(settingOf({}, { source: "ENVIRONMENT" }), "INTERNAL", "INTERNAL")).not.toBeNull();
  });
});

describe("what is typed for a setting", () => {
  it("is read by its type, and refused beyond its range", () => {
    const { definition } = settingOf({});
    const read = (text: string) => readValue(definition, { text, unit: "second" }, "en-ZA");
    expect(read(" 48 ").value).toBe(48);
    for (const text of ["", "1.5", "0", "721", "two"]) expect(read(text).problem, text).not.toBeNull();
  });

  it("of a length of time has a unit, of money the exact amount, of a list a line for each", () => {
    const duration = settingOf({ type: "DURATION", minimum: 60, maximum: 999_999 }).definition;
    expect(typedOf(duration, 7_200, "en-ZA")).toEqual({ text: "2", unit: "hour" });
    expect(readValue(duration, { text: "2", unit: "day" }, "en-ZA").value).toBe(172_800);
    const money = settingOf({ type: "MONEY", default: { minorUnits: "1", currency: "ZAR" } }).definition;
    expect(readValue(money, { text: "1 250,50", unit: "" }, "en-ZA").value).toEqual({
      minorUnits: "125050",
      currency: "ZAR",
    });
    const list = settingOf({ type: "LIST" }).definition;
    expect(readValue(list, { text: "a\n\n b ", unit: "" }, "en-ZA").value).toEqual(["a", "b"]);
    const secret = settingOf({ type: "SECRET", isSecret: true }).definition;
    expect(typedOf(secret, null, "en-ZA").text).toBe("");
    expect(readValue(secret, { text: " ", unit: "" }, "en-ZA").problem).not.toBeNull();
  });
});
