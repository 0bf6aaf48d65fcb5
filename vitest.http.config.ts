import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { globalSetup, neverTests, shared } from "./vitest.shared.js";

/** The integration tests once more, with subgraphs that are called over HTTP and WebSocket instead of in process. */
export default defineConfig({
  ...shared,
  test: {
    include: ["standalone/src/*.test.ts"],
    // Those two are about one process and about tables, whichever way anybody is called.
    exclude: [...neverTests, "**/*.browser.test.ts", "standalone/src/{main,laws}.test.ts"],
    globalSetup,
    maxWorkers: availableParallelism(),
    env: { TEST_TRANSPORT: "http" },
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
