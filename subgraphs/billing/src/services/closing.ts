import type { Tx } from "@tollgate/kit";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { serviceSubscription } from "./service.schema.js";

const liveOf = (organisationId: string) =>
  and(eq(serviceSubscription.organisationId, organisationId), isNull(serviceSubscription.endedAt));

/** Locks what an organisation is subscribed to, as whoever renews does before the wallet. */
export const lockServicesOf = async (tx: Tx, organisationId: string): Promise<void> => {
  await tx.db
    .select({ id: serviceSubscription.id })
    .from(serviceSubscription)
    .where(liveOf(organisationId))
    .orderBy(asc(serviceSubscription.dueAt), asc(serviceSubscription.id))
    .for("update");
};

/** What a closing organisation is subscribed to ends with it; its wallet is empty, so nothing is given back. */
export const endServicesOf = async (tx: Tx, organisationId: string, at: Date): Promise<void> => {
  const until = sql<Date>`least(${at.toISOString()}::timestamptz, ${serviceSubscription.currentPeriodEnd})`;
  await tx.db
    .update(serviceSubscription)
    .set({ state: "CANCELLED", pastDueSince: null, cancelAtPeriodEnd: true, endedAt: until })
    .where(liveOf(organisationId));
};
