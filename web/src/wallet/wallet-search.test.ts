import { expect, it } from "vitest";
import { kindsOf, parseWalletSearch } from "./wallet-search.js";

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
  for (const other of ["1", `${topUp}x`, 7, undefined]) expect(parseWalletSearch({ topUp: other })).toEqual({});
});
