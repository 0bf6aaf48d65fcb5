import { expect, it } from "vitest";
import { isOver, ORDER_STATES, stepOf } from "./progress.js";

it("knows how far a machine is, and when it left the way", () => {
  expect(["QUEUED", "BOOTING", "RUNNING", "FAILED"].map((state) => stepOf(state as "QUEUED"))).toEqual([0, 3, 4, -1]); // all are states
});

it("watches an order until it ends", () => {
  const ended = Object.keys(ORDER_STATES).filter((state) => isOver(state as keyof typeof ORDER_STATES)); // its own keys
  expect(ended).toEqual(["COMPLETED", "FAILED", "CANCELLED"]);
});
