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
  ssr: { resolve: { conditions: ["tollgate-src", "node", "import", "module", "default"] } },
} satisfies ViteUserConfig;

export const globalSetup = ["./vitest.global-setup.ts"];
export const neverTests = ["**/dist/**", "**/node_modules/**", ".toolchain/**", ".tollgate/**"];
