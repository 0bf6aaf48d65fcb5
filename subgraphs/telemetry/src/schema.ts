import { pgSchema } from "drizzle-orm/pg-core";

export const telemetry = pgSchema("telemetry");
