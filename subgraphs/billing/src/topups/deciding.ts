import { audit, ForbiddenFault, reasonOf, requireUser, type Tx } from "@tollgate/kit";
import { onceFor } from "../quotes/quotes.js";
import { releaseBonus } from "./bonus.js";
import { credit } from "./crediting.js";
import type { TopUpRow } from "./topup.schema.js";
import { lockTopUp, record, requireState, tell, writeTopUp } from "./writing.js";

/** The payer's own people would decide about their payment. */
export class SelfApprovalFault extends ForbiddenFault {
  constructor(readonly topUp: Pick<TopUpRow, "id" | "organisationId">) {
    super("Somebody of an organisation above has to decide.", "SELF_APPROVAL");
  }
}

/** Leaves a record of somebody who tried it: nothing else of it is written. */
export const noteSelfApproval = (tx: Tx, { id, organisationId }: SelfApprovalFault["topUp"]) =>
  audit(tx, "billing", {
    action: "security:selfApproval",
    resource: "topUp",
    resourceId: id,
    organisationId,
    outcome: "REFUSED",
    problem: "FORBIDDEN",
  });

/** @throws SelfApprovalFault for anybody of the payer's own organisation. */
export const requireAbove = (tx: Tx, row: TopUpRow): string => {
  const user = requireUser(tx.caller);
  // Whoever sees the payer's books from another organisation is above it: nobody else does.
  if (user.organisationId !== row.organisationId) return user.userId;
  throw new SelfApprovalFault(row);
};

export interface Decision {
  topUpId: string;
  reason?: string | null;
  idempotencyKey: string;
}

/**
 * Credits the wallet, once however often it is approved, and lets it recover. @returns the top-up's id.
 * @throws ForbiddenFault for the payer's own people; ConflictFault for one that was decided already; InvalidInputFault
 *   for a reason that is too long.
 */
export const approveTopUp = (tx: Tx, { topUpId, reason: given = null, idempotencyKey: key }: Decision, at: Date) => {
  const input = { topUpId, reason: given };
  return onceFor(tx, { organisationId: topUpId, key, operation: "approveTopUp", input }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    const decidedBy = requireAbove(tx, row);
    requireState(row, ["AWAITING_APPROVAL"]);
    const reason = given?.trim() ? reasonOf(given) : null;
    const credited = await credit(tx, row, at);
    const decided = { ...credited, state: "SUCCEEDED", decidedBy, decisionReason: reason, settledAt: at } as const;
    const next = await writeTopUp(tx, row.id, decided);
    await record(tx, "topUp:approve", next, { state: next.state, amount: next.amount });
    await tell(tx, next, "SUCCEEDED", at);
    return next.id;
  });
};

/** @returns the top-up's id. @throws InvalidInputFault without a reason; else as for approving. */
export const rejectTopUp = (tx: Tx, { topUpId, reason: given, idempotencyKey: key }: Decision, at: Date) => {
  const input = { topUpId, reason: given };
  return onceFor(tx, { organisationId: topUpId, key, operation: "rejectTopUp", input }, at, async () => {
    const row = await lockTopUp(tx, topUpId);
    const decidedBy = requireAbove(tx, row);
    requireState(row, ["AWAITING_APPROVAL"]);
    const reason = reasonOf(given ?? "");
    const next = await writeTopUp(tx, row.id, { state: "REJECTED", decidedBy, decisionReason: reason, settledAt: at });
    await record(tx, "topUp:approve", next, { state: next.state, reason });
    await releaseBonus(tx, next, at);
    await tell(tx, next, "REJECTED", at);
    return next.id;
  });
};
