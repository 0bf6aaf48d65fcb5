import { expect, it } from "vitest";
import { readPhone } from "./phone-number.js";

it("reads a number as people type it, and none without the code of its country", () => {
  expect(readPhone(" +27 (82) 555-0101 ")).toBe("+27825550101");
  for (const typed of ["", "12", "082 555 0101", "+27", "+27 82 555 010x"]) expect(readPhone(typed)).toBeNull();
});
