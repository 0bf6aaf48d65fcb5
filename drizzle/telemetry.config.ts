import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./subgraphs/telemetry/src/tables.ts",
  out: "./drizzle/telemetry",
  schemaFilter: ["telemetry"],
  migrations: { prefix: "index" },
});
