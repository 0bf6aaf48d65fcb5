import {
  type Connection,
  connectionOf,
  inBranch,
  inScope,
  isId,
  NotFoundFault,
  organisationInScope,
  type PageArguments,
  pageSize,
  requireId,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { timeCursor } from "../cursor.js";
import { type ServiceState, type ServiceSubscriptionRow, serviceSubscription } from "./service.schema.js";

export interface ServiceFilter {
  organisationId?: string | null;
  itemId?: string | null;
  state?: readonly ServiceState[] | null;
}

/** By id; those outside of the estate are left out. */
export const subscriptionsById = async (
  tx: Tx,
  ids: readonly string[],
): Promise<Map<string, ServiceSubscriptionRow>> => {
  const wanted = [...new Set(ids.filter(isId))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.db.select().from(serviceSubscription).where(inArray(serviceSubscription.id, wanted));
  return new Map(rows.map((row) => [row.id, row]));
};

/** @throws NotFoundFault outside of the estate. */
export const subscriptionById = async (tx: Tx, id: string): Promise<ServiceSubscriptionRow> => {
  const row = (await subscriptionsById(tx, [id])).get(id.toLowerCase());
  if (!row) throw new NotFoundFault("serviceSubscription", id);
  return row;
};

/** Service subscriptions of the estate, the newest first. */
export const listSubscriptions = async (
  tx: Tx,
  page: PageArguments,
  { organisationId, itemId, state }: ServiceFilter,
): Promise<Connection<ServiceSubscriptionRow>> => {
  if (organisationId) {
    requireId("organisation", organisationId);
    await organisationInScope(tx, organisationId);
  }
  if (itemId) requireId("catalogueItem", itemId);
  const { startedAt, id } = serviceSubscription;
  const after = timeCursor(page.after);
  const position = after && sql`(${startedAt}, ${id}) < (${after.at}::timestamptz, ${after.id}::uuid)`;
  const rows = await tx.db
    .select()
    .from(serviceSubscription)
    .where(
      and(
        inScope(tx, serviceSubscription.organisationId),
        organisationId ? inBranch(serviceSubscription.organisationId, organisationId) : undefined,
        itemId ? eq(serviceSubscription.itemId, itemId) : undefined,
        state ? inArray(serviceSubscription.state, [...state]) : undefined,
        position ?? undefined,
      ),
    )
    .orderBy(desc(startedAt), desc(id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.startedAt.toISOString(), row.id]);
};
