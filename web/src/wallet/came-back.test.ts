import { expect, it } from "vitest";
import { parseCameBack } from "./came-back.js";

it("keeps the payment that one comes back from, and nothing else of an address", () => {
  const topUp = "01a1ff82-4ef3-76c5-bb71-70c8ac994053";
  expect(parseCameBack({ topUp, other: 1 })).toEqual({ topUp });
  expect(parseCameBack({ topUp: "nonsense" })).toEqual({});
});
