import {
  type Connection,
  connectionOf,
  InvalidInputFault,
  inBranch,
  inScope,
  organisationInScope,
  type PageArguments,
  pageSize,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import type { PricedResource } from "../prices/price.schema.js";
import { type UsageRow, usageRecord } from "./usage.schema.js";

export interface UsageFilter {
  organisationId?: string | null;
  vmId?: string | null;
  resource?: readonly PricedResource[] | null;
  period: { from: Date; to: Date };
}

/** Usage records of the estate, newest first. @throws InvalidInputFault for a period that ends before it begins. */
export const listUsage = async (tx: Tx, page: PageArguments, filter: UsageFilter): Promise<Connection<UsageRow>> => {
  const { organisationId, vmId, resource, period } = filter;
  if (period.from >= period.to) {
    throw InvalidInputFault.of("filter.period", "OUT_OF_RANGE", "A period must end after it begins.");
  }
  if (vmId) requireId("vm", vmId);
  if (organisationId) {
    requireId("organisation", organisationId);
    await organisationInScope(tx, organisationId);
  }
  const after = timeCursor(page.after);
  const rows = await tx.db
    .select()
    .from(usageRecord)
    .where(
      and(
        inScope(tx, usageRecord.organisationId),
        organisationId ? inBranch(usageRecord.organisationId, organisationId) : undefined,
        vmId ? eq(usageRecord.vmId, vmId) : undefined,
        resource ? inArray(usageRecord.resource, [...resource]) : undefined,
        gte(usageRecord.hour, period.from),
        lt(usageRecord.hour, period.to),
        after
          ? sql`(${usageRecord.hour}, ${usageRecord.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`
          : undefined,
      ),
    )
    .orderBy(desc(usageRecord.hour), desc(usageRecord.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.hour.toISOString(), row.id]);
};
