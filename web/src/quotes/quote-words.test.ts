import { expect, it } from "vitest";
import { remainingWords } from "./quote-words.js";

const NOW = Date.parse("2026-06-01T12:00:00Z");
const left = (expiresAt: string) => remainingWords(expiresAt, NOW);

it("says how much longer a price is good for, never more than it is", () => {
  expect(left("2026-06-15T12:00:00Z")).toBe("14 days");
  expect(left("2026-06-15T11:59:59Z")).toBe("13 days");
  expect(left("2026-06-02T13:00:00Z")).toBe("25 hours");
  expect(left("2026-06-01T13:00:30Z")).toBe("60 minutes");
  expect(left("2026-06-01T12:01:00Z")).toBe("1 minute");
  expect(left("2026-06-01T12:00:59Z")).toBe("less than a minute");
});

it("says nothing of one whose time is over", () => {
  expect(left("2026-06-01T12:00:00Z")).toBeNull();
  expect(left("2026-05-01T12:00:00Z")).toBeNull();
});
