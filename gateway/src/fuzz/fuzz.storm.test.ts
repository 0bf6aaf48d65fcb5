import { describe, it } from "vitest";
import { survives } from "./fuzzed.js";

describe("a gateway at which 100,000 malformed messages are thrown", () => {
  it("answers a usual query afterwards and has kept nothing of it", async () => {
    const told = await survives(100_000, Date.now() % 1_000_000);
    process.stdout.write(`${told}\n`);
  });
});
