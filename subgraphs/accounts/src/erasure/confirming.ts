import { announce, type Sealer, type Tx } from "@tollgate/kit";
import { type DeliveredEvent, type ErasureConfirmation, SUBGRAPH_NAMES } from "@tollgate/kit/protocol";
import { and, eq } from "drizzle-orm";
import { erasure, erasureConfirmation } from "../tables.js";
import type { ErasureRow } from "./erasure.schema.js";

/**
 * Takes down that one subgraph has erased; with the last one the erasure is complete, and the person told so.
 * @throws for an erasure that is not known here yet: the event comes again.
 */
export const confirmErasure = async (tx: Tx, event: DeliveredEvent, atRest: Sealer, now: Date): Promise<void> => {
  const { erasureId, subgraph, rows } = event.payload as ErasureConfirmation; // the catalogue's type for this event
  const [row] = await tx.db.select().from(erasure).where(eq(erasure.id, erasureId)).for("update");
  if (!row) throw new Error(`the erasure ${erasureId} is not known yet`);
  await tx.db
    .insert(erasureConfirmation)
    .values({ erasureId, organisationId: row.organisationId, subgraph, rows, at: now })
    .onConflictDoNothing();
  // A number whatever the driver makes of a count.
  const confirmed = Number(await tx.db.$count(erasureConfirmation, eq(erasureConfirmation.erasureId, erasureId)));
  if (confirmed === SUBGRAPH_NAMES.length && row.completedAt === null) await complete(tx, row, atRest, now);
};

const complete = async (tx: Tx, row: ErasureRow, atRest: Sealer, now: Date): Promise<void> => {
  await tx.db
    .update(erasure)
    .set({ completedAt: now, sealedEmail: null, locale: null })
    .where(and(eq(erasure.id, row.id)));
  if (row.sealedEmail === null) return;
  await announce(tx, "mail.requested", {
    aggregateId: row.subjectId,
    organisationId: row.organisationId,
    payload: {
      kind: "DATA_ERASED",
      userId: null,
      organisationId: row.organisationId,
      to: atRest.open(row.sealedEmail, row.id),
      displayName: "",
      locale: row.locale ?? "en-ZA",
      expiresAt: null,
      facts: {},
    },
  });
};

/** The last mail has reached messaging: its address need not stay among the events that were delivered. */
export const forgetLastMails = async (tx: Tx): Promise<void> => {
  await tx.sql`
    delete from outbox where type = 'mail.requested' and delivered_at is not null and payload ->> 'kind' = 'DATA_ERASED'`;
};
