import { expect, it } from "vitest";
import { creditedOf, leftOf, paidOf } from "./invoice-sums.js";

it("adds up what was credited, what is left and what is paid, to the cent", () => {
  const invoice = {
    total: { minorUnits: "111157" },
    amountDue: { minorUnits: "33862" },
    creditNotes: [{ amount: { minorUnits: "10050" } }, { amount: { minorUnits: "5" } }],
  };
  expect([creditedOf(invoice), leftOf(invoice), paidOf(invoice)]).toEqual(["10055", "101102", "67240"]);
});
