import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./subgraphs/messaging/src/tables.ts",
  out: "./drizzle/messaging",
  schemaFilter: ["messaging"],
  migrations: { prefix: "index" },
});
