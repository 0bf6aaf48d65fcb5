import { expect, it } from "vitest";
import { filterOf, isFiltered, kindsOf, parseWalletSearch, readSignedAmount } from "./wallet-search.js";

const READER = { currency: "ZAR", locale: "en-ZA", timeZone: "Africa/Johannesburg" };

it("takes a known group of transactions from the address, and nothing else", () => {
  expect(parseWalletSearch({ kind: "usage" })).toEqual({ kind: "usage" });
  for (const kind of ["toString", "USAGE", 3, undefined]) expect(parseWalletSearch({ kind })).toEqual({});
});

it("asks for all kinds of a group", () => {
  expect(kindsOf("orders")).toEqual(["HOLD", "CAPTURE", "RELEASE"]);
});

it("takes the top-up that one comes back from, if it is one", () => {
  const topUp = "01900000-0000-7000-8000-000000000001";
  expect(parseWalletSearch({ topUp })).toEqual({ topUp });
  expect(isFiltered({ topUp })).toBe(false);
  for (const other of ["1", `${topUp}x`, 7, undefined]) expect(parseWalletSearch({ topUp: other })).toEqual({});
});

it("takes the currency of the wallet, and counts it as no filter", () => {
  expect(parseWalletSearch({ currency: "USD" })).toEqual({ currency: "USD" });
  expect(isFiltered({ currency: "USD" })).toBe(false);
  expect(isFiltered({ find: "web" })).toBe(true);
});

it("takes words, days and amounts as they were typed", () => {
  const search = { find: " order 12 ", from: "2026-03-01", to: "2026-02-31", least: -50, most: "1 000,50" };
  expect(parseWalletSearch(search)).toEqual({ find: "order 12", from: "2026-03-01", least: "-50", most: "1 000,50" });
  expect(parseWalletSearch({ find: "x".repeat(201), least: "9".repeat(30) })).toEqual({});
});

it("asks the graph for days of the person's zone and amounts of the person's locale", () => {
  expect(filterOf({}, READER)).toBeNull();
  expect(
    filterOf({ find: "web", from: "2026-03-01", to: "2026-03-01", least: "-1 000,50", most: "0" }, READER),
  ).toEqual({
    search: "web",
    period: { from: "2026-02-28T22:00:00.000Z", to: "2026-03-01T22:00:00.000Z" },
    minimum: { minorUnits: "-100050", currency: "ZAR" },
    maximum: { minorUnits: "0", currency: "ZAR" },
  });
  expect(filterOf({ least: "much" }, READER)).toBeNull();
});

it("reads amounts with any sign of taking away", () => {
  expect(["-5", "−5", "–5", "5", "-0"].map((typed) => readSignedAmount(typed, "ZAR", "en-ZA"))).toEqual([
    "-500",
    "-500",
    "-500",
    "500",
    "0",
  ]);
});
