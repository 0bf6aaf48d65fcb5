import { expect, it } from "vitest";
import { readAdjustment } from "./adjustment.js";

const FORM = { direction: "add", amount: "1 250,50", reason: " Counted wrongly " } as const;

it("reads an amount as the locale writes it, negative for what is taken away", () => {
  expect(readAdjustment(FORM, "ZAR", "en-ZA")).toEqual({ minorUnits: "125050", reason: "Counted wrongly" });
  expect(readAdjustment({ ...FORM, direction: "take" }, "ZAR", "en-ZA")).toMatchObject({ minorUnits: "-125050" });
  expect(readAdjustment({ ...FORM, amount: "1.250" }, "IDR", "id-ID")).toMatchObject({ minorUnits: "125000" });
});

it("says at its field what is missing or would change nothing", () => {
  expect(readAdjustment({ direction: "take", amount: "", reason: "no" }, "ZAR", "en-ZA")).toEqual({
    errors: { amount: "An amount, such as 100.", reason: "Say why: it is read with the entry." },
  });
  for (const amount of ["-5", "x", "0", "0,00", "1,005"]) {
    expect(readAdjustment({ ...FORM, amount }, "ZAR", "en-ZA")).toHaveProperty("errors.amount");
  }
});
