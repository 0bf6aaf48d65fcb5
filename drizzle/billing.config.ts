import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./subgraphs/billing/src/tables.ts",
  out: "./drizzle/billing",
  schemaFilter: ["billing"],
  migrations: { prefix: "index" },
});
