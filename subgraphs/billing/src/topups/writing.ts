import { announce, audit, ConflictFault, formatMoney, NotFoundFault, requireId, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { type TopUpRow, type TopUpState, topUp } from "./topup.schema.js";

/** Records what became of a top-up. */
export const record = (tx: Tx, action: string, row: TopUpRow, after: unknown, before?: unknown) =>
  audit(tx, "billing", {
    action,
    resource: "topUp",
    resourceId: row.id,
    organisationId: row.organisationId,
    before,
    after,
  });

/** Tells those who wait for it. */
export const tell = (tx: Tx, row: TopUpRow, state: "AWAITING_APPROVAL" | "SUCCEEDED" | "REJECTED", at: Date) => {
  const { id: topUpId, walletId, organisationId, startedBy, decisionReason: reason } = row;
  const amount = formatMoney({ minorUnits: row.amount, currency: row.currency });
  const payload = { topUpId, walletId, organisationId, state, amount, startedBy, reason, at };
  return announce(tx, "topUp.changed", { aggregateId: topUpId, organisationId, payload });
};

/** The top-up, locked until the transaction ends. @throws NotFoundFault outside of the estate. */
export const lockTopUp = async (tx: Tx, id: string): Promise<TopUpRow> => {
  requireId("top-up", id);
  const [row] = await tx.db.select().from(topUp).where(eq(topUp.id, id)).for("update");
  if (!row) throw new NotFoundFault("top-up", id);
  return row;
};

/** Writes into a top-up that is locked. @returns it as it is then. */
export const writeTopUp = async (tx: Tx, id: string, values: Partial<TopUpRow>): Promise<TopUpRow> => {
  const [row] = await tx.db.update(topUp).set(values).where(eq(topUp.id, id)).returning();
  if (!row) throw new Error("a locked top-up is gone");
  return row;
};

/** @throws ConflictFault in any other state. */
export const requireState = (row: TopUpRow, states: readonly TopUpState[]): void => {
  if (!states.includes(row.state)) {
    throw new ConflictFault(`This top-up is ${row.state.toLowerCase().replaceAll("_", " ")} already.`, row.id);
  }
};
