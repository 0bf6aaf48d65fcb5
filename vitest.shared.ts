import type { ViteUserConfig } from "vitest/config";

/** What all kinds of tests share: how our TypeScript is read, and the one PostgreSQL of a run. */
export const shared = {
  // TypeGraphQL needs the legacy decorators; fields without a value must not overwrite what a constructor assigned.
  oxc: {
    decorator: { legacy: true, emitDecoratorMetadata: false },
    assumptions: { setPublicClassFields: true },
    typescript: { removeClassFieldsWithoutInitializer: true },
  },
  // One copy of graphql: its ESM and CommonJS builds refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  // Passed on to Node as well, where "import" or "module" would make require() load ES modules.
  ssr: { resolve: { conditions: ["tollgate-src", "node"] } },
} satisfies ViteUserConfig;

export const globalSetup = ["./vitest.global-setup.ts"];
export const neverTests = [
  "**/dist/**",
  "**/node_modules/**",
  ".toolchain/**",
  ".tollgate/**",
  "scripts/checks/planted/**",
];
