import { defineConfig } from "vitest/config";
import { globalSetup, neverTests, shared } from "./vitest.shared.js";

/** Long storms, for a night rather than for every change. */
export default defineConfig({
  ...shared,
  test: {
    include: ["**/*.storm.test.ts"],
    exclude: neverTests,
    globalSetup,
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 180_000,
  },
});
