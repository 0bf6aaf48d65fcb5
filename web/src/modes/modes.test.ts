import { describe, expect, it } from "vitest";
import type { ModeChangeFragment } from "../gql/graphql.js";
import { payingBefore, plannedAfter, standingAt } from "./mode-changes.js";
import { effectiveFrom, type ModeForm, missingOf, payingOf } from "./mode-form.js";
import { meaningOf, payingTitle } from "./mode-words.js";

const limit = (minorUnits: string) => ({ minorUnits, currency: "ZAR", formatted: `R ${minorUnits}` });
const invoiced = (effectiveFrom: string, minorUnits = "500"): ModeChangeFragment => ({
  ...{ mode: "INVOICED", creditLimit: limit(minorUnits), effectiveFrom },
});
const prepaid = (from: string): ModeChangeFragment => ({ mode: "PREPAID", creditLimit: null, effectiveFrom: from });
const [JAN, FEB, MAR] = ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"];

describe("how an organisation stands", () => {
  it("is in advance, with nothing planned, where nobody ever decided", () => {
    expect(standingAt([], JAN)).toEqual({ now: { mode: "PREPAID", creditLimit: null }, since: null, planned: [] });
  });

  it("is what has begun, also where a planned change has begun since it was asked for", () => {
    const changes = [invoiced(JAN), prepaid(FEB), invoiced(MAR)];
    expect(standingAt(changes, JAN)).toMatchObject({
      now: { mode: "INVOICED" },
      since: JAN,
      planned: changes.slice(1),
    });
    expect(standingAt(changes, FEB)).toMatchObject({ now: { mode: "PREPAID" }, since: FEB, planned: [changes[2]] });
  });

  it("leaves out what was taken back: it changes nothing", () => {
    expect(standingAt([invoiced(JAN), invoiced(FEB), prepaid(MAR)], JAN).planned).toEqual([prepaid(MAR)]);
    expect(standingAt([prepaid(FEB)], JAN).planned).toEqual([]);
    expect(standingAt([invoiced(JAN), invoiced(FEB, "600")], JAN).planned).toEqual([invoiced(FEB, "600")]);
  });

  it("tells what a change at an instant is a change of, and what stays planned after it", () => {
    const standing = standingAt([invoiced(JAN), prepaid(FEB), invoiced(MAR, "900")], JAN);
    expect(payingBefore(standing, FEB)).toMatchObject({ mode: "INVOICED" });
    expect(payingBefore(standing, MAR)).toEqual({ mode: "PREPAID", creditLimit: null });
    expect(plannedAfter(standing, FEB)).toEqual([invoiced(MAR, "900")]);
  });
});

describe("a change that is filled in", () => {
  const READER = { locale: "en-ZA", timeZone: "Africa/Johannesburg" };
  const FORM: ModeForm = {
    ...{ mode: "INVOICED", currency: "ZAR", limit: "50 000", begin: { when: "now", day: "" }, replaces: null },
  };

  it("has its limit as the locale writes it, and none in advance", () => {
    const paying = payingOf(FORM, READER);
    expect(paying).toMatchObject({ mode: "INVOICED", creditLimit: { minorUnits: "5000000", currency: "ZAR" } });
    expect(paying && payingTitle(paying)).toMatch(/^By invoice, up to R\s50\s000,00$/);
    expect(payingOf({ ...FORM, mode: "PREPAID" }, READER)).toEqual({ mode: "PREPAID", creditLimit: null });
  });

  it("begins now, with a day of the person's zone, or with what it replaces", () => {
    expect(effectiveFrom(FORM, Date.parse(JAN), READER)).toBe(JAN);
    const onDay: ModeForm = { ...FORM, begin: { when: "day", day: "2026-02-01" } };
    expect(effectiveFrom(onDay, 0, READER)).toBe("2026-01-31T22:00:00.000Z");
    expect(effectiveFrom({ ...onDay, replaces: MAR }, 0, READER)).toBe(MAR);
  });

  it("says at its field what is missing", () => {
    const form: ModeForm = { ...FORM, limit: "", begin: { when: "day", day: "" } };
    expect(missingOf(form, READER)).toEqual({
      creditLimit: "An amount, such as 5000.",
      effectiveFrom: "Choose a day.",
    });
    expect(missingOf({ ...FORM, mode: "PREPAID", limit: "" }, READER)).toEqual({});
  });
});

describe("what a change will mean", () => {
  const NAME = "Aloe Dairy";
  const [IN_ADVANCE, BY_INVOICE] = [
    { mode: "PREPAID", creditLimit: null },
    { mode: "INVOICED", creditLimit: limit("500") },
  ] as const;

  it("names who, when, and how much credit there is", () => {
    expect(meaningOf({ name: NAME, from: IN_ADVANCE, to: BY_INVOICE, when: null })).toBe(
      "From now on Aloe Dairy pays by invoice: what it uses is billed when the month is over, and what it has not paid yet may come to R 500 at most.",
    );
  });

  it("says what becomes of credit that ends or shrinks", () => {
    const ended = meaningOf({ name: NAME, from: BY_INVOICE, to: IN_ADVANCE, when: "1 Feb" });
    expect(ended).toMatch(/^From 1 Feb on Aloe Dairy pays in advance.*on credit by then is owed at once/);
    const to = { ...BY_INVOICE, creditLimit: limit("300") };
    const shrinks = /Until then the limit is R 500\. What the new limit does not cover by then is owed/;
    expect(meaningOf({ name: NAME, from: BY_INVOICE, to, when: "1 Feb" })).toMatch(shrinks);
    expect(meaningOf({ name: NAME, from: to, to: BY_INVOICE, when: "1 Feb" })).not.toMatch(/owed/);
    expect(meaningOf({ name: NAME, from: IN_ADVANCE, to: IN_ADVANCE, when: null })).not.toMatch(/credit/);
  });
});
