import { announce, audit, ConflictFault, formatMoney, NotFoundFault, requireId, type Tx } from "@tollgate/kit";
import type { TopUpChange } from "@tollgate/kit/protocol";
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

/**
 * Tells those who wait for it.
 * @param rest what is told where it is not the whole payment, and why.
 */
export const tell = (
  tx: Tx,
  row: TopUpRow,
  state: TopUpChange["state"],
  at: Date,
  rest: { amount?: bigint; reason?: string | null } = {},
) => {
  const { id: topUpId, walletId, organisationId, startedBy, reference, currency } = row;
  const amount = formatMoney({ minorUnits: rest.amount ?? row.amount, currency });
  const bonus = state === "SUCCEEDED" && row.bonus > 0n ? formatMoney({ minorUnits: row.bonus, currency }) : null;
  const reason = rest.reason ?? row.decisionReason;
  const payload = { topUpId, walletId, organisationId, state, amount, bonus, reference, startedBy, reason, at };
  return announce(tx, "topUp.changed", { aggregateId: topUpId, organisationId, payload });
};

/**
 * A provider told something of a payment that is not believed: nothing is moved, a record is left among what concerns
 * security, and the operator is told, once however often the same is told.
 */
export const refuse = async (tx: Tx, row: TopUpRow, problem: string, told: unknown, at: Date): Promise<void> => {
  const { id: resourceId, organisationId, reference, provider } = row;
  await audit(tx, "billing", {
    action: "security:paymentRefused",
    resource: "topUp",
    resourceId,
    organisationId,
    outcome: "REFUSED",
    problem: "CONFLICT",
    after: { problem, told },
  });
  if (row.incident === problem) return;
  await writeTopUp(tx, row.id, { incident: problem });
  const payload = { topUpId: row.id, organisationId, reference, provider, problem, at };
  await announce(tx, "payment.refused", { aggregateId: row.id, organisationId, payload });
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
