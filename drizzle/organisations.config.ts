import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./subgraphs/organisations/src/tables.ts",
  out: "./drizzle/organisations",
  schemaFilter: ["organisations"],
  migrations: { prefix: "index" },
});
