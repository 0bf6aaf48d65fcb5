import { expect, it } from "vitest";
import { kindsOf, parseWalletSearch } from "./wallet-search.js";

it("takes a known group of transactions from the address, and nothing else", () => {
  expect(parseWalletSearch({ kind: "usage" })).toEqual({ kind: "usage" });
  for (const kind of ["toString", "USAGE", 3, undefined]) expect(parseWalletSearch({ kind })).toEqual({});
});

it("asks for all kinds of a group", () => {
  expect(kindsOf("orders")).toEqual(["HOLD", "CAPTURE", "RELEASE"]);
});
