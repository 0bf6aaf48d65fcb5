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
  },
});
