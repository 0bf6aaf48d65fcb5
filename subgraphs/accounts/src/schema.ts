import { pgSchema } from "drizzle-orm/pg-core";

/** The subgraph's own schema in PostgreSQL. */
export const accounts = pgSchema("accounts");
