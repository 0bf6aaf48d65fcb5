import { describe, expect, it } from "vitest";
import type { PriceListWholeFragment } from "../gql/graphql.js";
import { compare, formOf, placeRefusals, readForm, withNamedRate, withRate, withTiers } from "./editor-form.js";

const rate = (resource: "VCPU" | "MEMORY" | "LICENCE", minorUnits: string, rest = {}) => ({
  resource,
  code: null,
  amount: { minorUnits, currency: "ZAR" },
  perHours: 720,
  inherited: false,
  ...rest,
});

const LIST = {
  id: "l1",
  name: "Winter",
  currency: "ZAR",
  version: 2,
  state: "DRAFT",
  effectiveFrom: null,
  effectiveTo: null,
  markupBasisPoints: 1_000,
  tierAdjustmentBasisPoints: -250,
  organisation: null,
  rates: [rate("VCPU", "6000"), rate("MEMORY", "2750", { inherited: true }), rate("LICENCE", "9900", { code: "db" })],
  volumeTiers: [{ from: { minorUnits: "1000000", formatted: "R 10 000,00" }, discountBasisPoints: 500 }],
} satisfies PriceListWholeFragment;

const LOCALE = "de-DE";
const form = formOf(LIST, LOCALE);
const read = (next = form) => readForm(next, "ZAR", LOCALE);

describe("the form of a price list", () => {
  it("holds what the list says itself, and sends back the same", () => {
    expect(form.rates.find(({ resource }) => resource === "MEMORY")?.typed).toBe("");
    expect(read()).toEqual({
      wish: {
        name: "Winter",
        markupBasisPoints: 1_000,
        tierAdjustmentBasisPoints: -250,
        rates: [
          { resource: "VCPU", amount: { minorUnits: "6000", currency: "ZAR" }, perHours: 720 },
          { resource: "LICENCE", code: "db", amount: { minorUnits: "9900", currency: "ZAR" }, perHours: 720 },
        ],
      },
      keys: ["VCPU ", "LICENCE db"],
    });
  });

  it("sends tiers only where somebody touched them, so that inherited ones stay inherited", () => {
    const tiers = withTiers(form, [...form.tiers, { key: 9, from: "50.000", discount: "10" }]);
    expect(read(tiers)).toMatchObject({
      wish: {
        volumeTiers: [
          { from: { minorUnits: "1000000" }, discountBasisPoints: 500 },
          { from: { minorUnits: "5000000" }, discountBasisPoints: 1_000 },
        ],
      },
    });
  });

  it("says at the field what cannot be read", () => {
    const broken = withNamedRate(
      withRate({ ...form, name: " ", markup: "much" }, "VCPU ", { typed: "1,2,3" }),
      "LICENCE",
    );
    expect(read(withTiers(broken, [{ key: 3, from: "", discount: "x" }]))).toEqual({
      errors: {
        name: "Give the list a name.",
        "rate VCPU ": "This is not an amount.",
        "code new LICENCE 8": "Give it a code.",
        "rate new LICENCE 8": "Enter an amount.",
        "from 3": "Enter an amount.",
        "discount 3": "A percentage, such as 10 or -2,5.",
        markup: "A percentage, such as 10 or -2,5.",
      },
    });
  });

  it("brings refusals to the rates that were sent", () => {
    const fields = [
      { path: ["rates", "1", "code"], message: "Malformed." },
      { path: ["rates", "0", "amount", "minorUnits"], message: "Absurd." },
      { path: ["volumeTiers", "0", "discountBasisPoints"], message: "Too much." },
      { path: ["priceListId"], message: "Gone." },
    ];
    expect(placeRefusals(fields, ["VCPU ", "LICENCE db"], form.tiers)).toEqual({
      errors: { "code LICENCE db": "Malformed.", "rate VCPU ": "Absurd.", "discount 0": "Too much." },
      rest: ["Gone."],
    });
  });

  it("compares while one types: with what is inherited, and with what counts now", () => {
    const around = {
      above: [rate("VCPU", "5000"), rate("MEMORY", "2500")],
      now: [rate("VCPU", "6000"), rate("MEMORY", "2500")],
    };
    const of = (key: string, next = form, markup = form.markup) => {
      const entry = next.rates.find((one) => one.key === key);
      return entry && compare(entry, markup, around, "ZAR", LOCALE);
    };
    expect(of("VCPU ", withRate(form, "VCPU ", { typed: "66,00" }))).toMatchObject({
      inherited: { minorUnits: 55_000_000n, perHours: 7_200_000 },
      next: { minorUnits: 6_600n, perHours: 720 },
      change: 1_000,
    });
    expect(of("MEMORY ")?.change).toBe(1_000);
    expect(of("MEMORY ", form, "20")?.change).toBe(2_000);
    expect(of("VCPU ", withRate(form, "VCPU ", { typed: "x" }))).toMatchObject({ next: null, change: null });
  });
});
