import { announce, audit, ConflictFault, NotFoundFault, once, reasonOf, requireUser, type Tx } from "@tollgate/kit";
import type { ClosingRefused, ClosingTurn } from "@tollgate/kit/protocol";
import { and, eq, ne } from "drizzle-orm";
import { closing, invitation, organisation } from "../tables.js";
import { restateBranch } from "./restate.js";
import { openBelow } from "./rules.js";
import { lockTree } from "./tree.js";

export type ClosingRow = typeof closing.$inferSelect;

const PERMISSION = "organisation:close";

export interface WantedClosing {
  organisationId: string;
  reason: string;
  idempotencyKey: string;
}

/**
 * Asks for an organisation's end: billing decides whether its money allows it, and from its answer alone follows what
 * becomes of it. Until then nothing of its place changes, so that the answer stays right.
 * @returns the closing's id; the same again for the same key and input.
 * @throws ConflictFault while organisations below are open, NotFoundFault, ForbiddenFault, InvalidInputFault.
 */
export const askToClose = async (tx: Tx, wanted: WantedClosing): Promise<string> => {
  const { userId } = requireUser(tx.caller);
  const { organisationId: id, idempotencyKey: key } = wanted;
  const reason = reasonOf(wanted.reason);
  const claim = { key, operation: "closeOrganisation", input: { organisationId: id, reason } };
  return await once(tx, claim, new Date(), async () => {
    const node = await openBelow(tx, id, PERMISSION);
    const [below] = await tx.db
      .select({ id: organisation.organisationId, name: organisation.name })
      .from(organisation)
      .where(and(eq(organisation.parentId, node.id), ne(organisation.ownStatus, "CLOSED")))
      .limit(1);
    if (below) throw new ConflictFault(`${below.name} below it is still open; close it first.`, below.id);
    const [asked] = await tx.db
      .insert(closing)
      .values({ organisationId: node.id, reason, requestedBy: userId })
      .returning({ id: closing.id });
    if (!asked) throw new Error("insert gave no row");
    const payload = { closingId: asked.id, organisationId: node.id };
    await announce(tx, "closing.requested", { aggregateId: asked.id, organisationId: node.id, payload });
    await audit(tx, "organisations", {
      action: PERMISSION,
      resource: "organisation",
      resourceId: node.id,
      organisationId: node.id,
      before: { status: node.status, statusReason: node.statusReason },
      after: { closing: "ASKED", reason },
    });
    return asked.id;
  });
};

/** @throws NotFoundFault outside the caller's estate. */
export const closingById = async (tx: Tx, id: string): Promise<ClosingRow> => {
  const [row] = await tx.db.select().from(closing).where(eq(closing.id, id));
  if (!row) throw new NotFoundFault("closing", id);
  return row;
};

/** The closing under the tree's lock, where it still waits for its answer. */
const waiting = async (tx: Tx, id: string): Promise<ClosingRow | null> => {
  await lockTree(tx);
  const row = await closingById(tx, id);
  return row.state === "ASKED" ? row : null;
};

/** Ends an organisation whose wallets billing has shut. Told again it changes nothing. */
export const completeClosing = async (tx: Tx, { closingId, organisationId }: ClosingTurn, at: Date): Promise<void> => {
  const row = await waiting(tx, closingId);
  if (!row) return;
  const own = eq(organisation.organisationId, organisationId);
  const [before] = await tx.db.select({ status: organisation.ownStatus }).from(organisation).where(own);
  await tx.db.update(organisation).set({ ownStatus: "CLOSED", statusReason: row.reason, closedAt: at }).where(own);
  const version = await restateBranch(tx, organisationId);
  await tx.db
    .update(invitation)
    .set({ state: "REVOKED", revokedAt: at })
    .where(and(eq(invitation.organisationId, organisationId), eq(invitation.state, "PENDING")));
  await tx.db
    .update(closing)
    .set({ state: "CLOSED", endedAt: at, version: BigInt(version) })
    .where(eq(closing.id, row.id));
  await audit(tx, "organisations", {
    action: PERMISSION,
    resource: "organisation",
    resourceId: organisationId,
    organisationId,
    before: { status: before?.status },
    after: { status: "CLOSED", statusReason: row.reason, requestedBy: row.requestedBy },
  });
};

/** Billing has something against it: everything stays as it is. */
export const refuseClosing = async (tx: Tx, turn: ClosingRefused, at: Date): Promise<void> => {
  const { closingId, organisationId, reason: refusal } = turn;
  const row = await waiting(tx, closingId);
  if (!row) return;
  await tx.db.update(closing).set({ state: "REFUSED", refusal, endedAt: at }).where(eq(closing.id, row.id));
  await audit(tx, "organisations", {
    action: PERMISSION,
    resource: "organisation",
    resourceId: organisationId,
    organisationId,
    after: { closing: "REFUSED", refusal, requestedBy: row.requestedBy },
    outcome: "REFUSED",
    problem: "CONFLICT",
  });
};
