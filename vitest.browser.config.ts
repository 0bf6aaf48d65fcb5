import { defineConfig } from "vitest/config";
import { globalSetup, neverTests, shared } from "./vitest.shared.js";

/** Tests in Chromium against a whole Tollgate: one after the other, because each needs the machine for itself. */
export default defineConfig({
  ...shared,
  test: {
    include: ["**/*.browser.test.ts"],
    exclude: neverTests,
    globalSetup,
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Pages answer when they can; a slow machine is no fault.
    expect: { poll: { timeout: 60_000, interval: 50 } },
  },
});
