import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./subgraphs/accounts/src/tables.ts",
  out: "./drizzle/accounts",
  schemaFilter: ["accounts"],
  migrations: { prefix: "index" },
});
