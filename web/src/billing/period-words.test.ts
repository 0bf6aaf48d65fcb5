import { expect, it } from "vitest";
import { createFormats } from "../format/formats.js";
import { monthName, noonOf, periodChoices } from "./period-words.js";

it("names months as the organisation counts them, wherever one is", () => {
  expect(monthName("2026-05-31T22:00:00.000Z", "en-ZA")).toBe("June 2026");
  expect(monthName("2026-06-01T07:00:00.000Z", "en-ZA")).toBe("June 2026");
});

it("names days as they are counted there", () => {
  expect(noonOf("2026-05-31T22:00:00.000Z")).toBe("2026-06-01T10:00:00.000Z");
});

it("offers the running month, those before it with the newest first, and all together", () => {
  const choices = periodChoices(
    {
      from: "2026-05-31T22:00:00.000Z",
      to: "2026-06-30T22:00:00.000Z",
      pastBills: [{ at: "2026-03-31T22:00:00.000Z" }, { at: "2026-04-30T22:00:00.000Z" }],
    },
    createFormats({ locale: "en-ZA" }),
  );
  expect(choices).toMatchObject([
    { value: "", label: "This month" },
    { label: "May 2026", from: "2026-04-30T22:00:00.000Z", to: "2026-05-31T22:00:00.000Z" },
    { label: "April 2026", from: "2026-03-31T22:00:00.000Z", to: "2026-04-30T22:00:00.000Z" },
    { label: "All since April 2026", from: "2026-03-31T22:00:00.000Z", to: "2026-06-30T22:00:00.000Z" },
  ]);
});
