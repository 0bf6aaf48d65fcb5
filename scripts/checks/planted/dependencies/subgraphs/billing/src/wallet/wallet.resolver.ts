// Breaks: resolvers-hold-no-sql (drizzle is not installed here, the rule sees the name), imports-resolve.
import { sql } from "drizzle-orm";

export const resolver = sql;
