import { expect, it } from "vitest";
import { createMoment } from "./use-moment.js";

it("is when a form is sent, the same for a repetition, and another one once the server has answered", () => {
  let time = 1_000;
  const moment = createMoment(() => time);
  time = 9_000;
  expect(moment.now()).toBe(9_000);
  time = 10_000;
  expect(moment.now()).toBe(9_000);
  moment.settle();
  expect(moment.now()).toBe(10_000);
});
