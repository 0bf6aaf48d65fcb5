import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoClock } from "./clock.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tollgate-clock-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the demo's clock of the books", () => {
  it("is the computer's until it is moved, and never comes back", () => {
    expect(demoClock(folder, []).ahead).toBe(0);
    expect(demoClock(folder, ["--clock=+30d"]).ahead).toBe(30 * 86_400_000);
    expect(demoClock(folder, ["--clock=+6h"]).ahead).toBe(30 * 86_400_000 + 6 * 3_600_000);
    const again = demoClock(folder, []);
    expect(again.ahead).toBe(30 * 86_400_000 + 6 * 3_600_000);
    expect(again.now().getTime()).toBeGreaterThan(Date.now() + 30 * 86_400_000);
  });

  it("refuses what is no step forwards, in one sentence", () => {
    for (const move of ["-1d", "30d", "+1w", "", "+d"])
      expect(() => demoClock(folder, [`--clock=${move}`])).toThrow(/step forwards/);
  });
});
