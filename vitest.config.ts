import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { globalSetup, neverTests, shared } from "./vitest.shared.js";

export default defineConfig({
  ...shared,
  test: {
    include: [
      "{gateway,schema,schema/client,standalone}/src/**/*.test.ts",
      "subgraphs/*/src/**/*.test.ts",
      "web/src/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    exclude: [...neverTests, "**/*.browser.test.ts", "**/*.storm.test.ts"],
    globalSetup,
    // Tests wait for PostgreSQL, for events and for processes more than they compute: one more than Vitest would take.
    maxWorkers: availableParallelism(),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      reporter: ["text-summary", "json-summary", "html"],
      reportsDirectory: "coverage",
      thresholds: { lines: 90 },
      // The domain: plain functions beside the resolvers.
      include: ["subgraphs/*/src/**/*.ts", "gateway/src/**/*.ts"],
      exclude: ["**/*.test.ts", "**/*.schema.ts", "**/*.types.ts", "**/index.ts", "**/testing/**"],
    },
  },
});
