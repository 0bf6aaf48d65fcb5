import { defineConfig } from "vitest/config";

export default defineConfig({
  // TypeGraphQL needs the legacy decorators; fields without a value must not overwrite what a constructor assigned.
  oxc: {
    decorator: { legacy: true, emitDecoratorMetadata: false },
    assumptions: { setPublicClassFields: true },
    typescript: { removeClassFieldsWithoutInitializer: true },
  },
  // One copy of graphql: its ESM and CommonJS builds refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  ssr: { resolve: { conditions: ["tollgate-src", "node", "import", "module", "default"] } },
  test: {
    include: [
      "{gateway,schema,standalone}/src/**/*.test.ts",
      "subgraphs/*/src/**/*.test.ts",
      "web/src/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    exclude: ["**/dist/**", "**/node_modules/**", "**/*.browser.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
