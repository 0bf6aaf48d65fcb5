import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { globalSetup, neverTests, shared } from "./vitest.shared.js";

/** Tests in Chromium, each file against a whole Tollgate of its own. */
export default defineConfig({
  ...shared,
  test: {
    include: ["**/*.browser.test.ts"],
    exclude: neverTests,
    globalSetup,
    // While one waits for a page or for PostgreSQL, another goes on: one more than Vitest would take.
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Pages answer when they can; a slow machine is no fault.
    expect: { poll: { timeout: 60_000, interval: 50 } },
  },
});
