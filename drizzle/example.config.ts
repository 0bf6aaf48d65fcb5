import { defineConfig } from "drizzle-kit";

/** The subgraph that the kit's own tests run. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./subgraphs/kit/src/testing/example/tables.ts",
  out: "./drizzle/example",
  schemaFilter: ["example"],
  migrations: { prefix: "index" },
});
