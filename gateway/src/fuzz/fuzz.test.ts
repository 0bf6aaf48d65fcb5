import { describe, it } from "vitest";
import { survives } from "./fuzzed.js";

describe("a gateway at which malformed messages are thrown", () => {
  it("answers each with a typed error or closes politely, and is as calm as before", { timeout: 120_000 }, async () => {
    await survives(1_500, 20_261_121);
  });
});
