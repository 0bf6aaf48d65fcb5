import { describe, expect, it } from "vitest";
import { defaultRetries, pause, waitAfter } from "./backoff.js";
import { TollgateError } from "./errors.js";

const waits = (failures: number) => Array.from({ length: 200 }, () => waitAfter(failures, defaultRetries));

describe("the wait before another attempt", () => {
  it.each([
    { failures: 1, from: 125, to: 250 },
    { failures: 3, from: 500, to: 1_000 },
    { failures: 40, from: 5_000, to: 10_000 },
  ])("is scattered from $from to $to ms after $failures failures", ({ failures, from, to }) => {
    expect(Math.min(...waits(failures))).toBeGreaterThanOrEqual(from);
    expect(Math.max(...waits(failures))).toBeLessThanOrEqual(to);
    expect(new Set(waits(failures)).size).toBeGreaterThan(100);
  });

  it("is never shorter than the graph asks for", () => {
    const error = new TollgateError("slowly", "RATE_LIMITED", { retryAfterMilliseconds: 60_000 });
    expect(waitAfter(1, defaultRetries, error)).toBe(60_000);
  });
});

describe("a pause", () => {
  it("ends as soon as its caller gives up, before or while it lasts", async () => {
    const giveUp = new AbortController();
    const pausing = pause(3_600_000, giveUp.signal);
    giveUp.abort(new RangeError("enough"));
    await expect(pausing).rejects.toThrow("enough");
    await expect(pause(3_600_000, giveUp.signal)).rejects.toThrow("enough");
  });
});
