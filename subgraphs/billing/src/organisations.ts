import { type SQL, sql } from "drizzle-orm";

/** The organisation directly above another, which bills it; null at the top. */
export const organisationAbove = (organisationId: string): SQL =>
  sql`(select parent_id from tenancy where organisation_id = ${organisationId})`;
