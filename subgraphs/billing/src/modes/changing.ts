import {
  audit,
  type Currency,
  ForbiddenFault,
  homeOrganisation,
  InvalidInputFault,
  type Money,
  once,
  organisationInScope,
  requireActive,
  requireId,
  requireUser,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { LARGEST_AMOUNT } from "../ledger/ledger.js";
import { applyBillingMode, chargeBefore, requireCovered } from "./applying.js";
import { type BillingMode, type BillingModeRow, billingMode } from "./mode.schema.js";
import { billingModeAt } from "./modes.js";

export interface ModeChange {
  organisationId: string;
  mode: BillingMode;
  /** Of INVOICED, and at least one minor unit. */
  creditLimit: Money | null;
  /** Now or later. */
  effectiveFrom: Date;
  idempotencyKey: string;
}

const MINUTE = 60_000;
/** Clocks differ and requests take their time: what began that long ago begins now. */
const NOW_WITHIN = 5 * MINUTE;
const FURTHEST = 366 * 24 * 60 * MINUTE;

const decidedBy = (tx: Tx): string | null => (tx.caller.kind === "USER" ? tx.caller.userId : null);

/** Nobody gives himself credit. @throws NotFoundFault, ForbiddenFault. */
const requireBelow = async (tx: Tx, { organisationId, mode }: ModeChange): Promise<void> => {
  const organisation = await organisationInScope(tx, requireId("organisation", organisationId));
  if (requireUser(tx.caller).organisationId === organisationId) {
    const message = "How an organisation pays is decided by one above it.";
    throw new ForbiddenFault(message, "NOT_BELOW", "billing:manage");
  }
  // Credit may be taken from a suspended organisation, and is not given to it.
  if (mode === "INVOICED" || organisation.status === "CLOSED") requireActive(organisation);
};

const beginningOf = (effectiveFrom: Date, at: Date): Date => {
  const ahead = effectiveFrom.getTime() - at.getTime();
  if (ahead < -NOW_WITHIN) throw InvalidInputFault.of("effectiveFrom", "PAST", "A change begins now or later.");
  if (ahead > FURTHEST) throw InvalidInputFault.of("effectiveFrom", "OUT_OF_RANGE", "At most a year ahead.");
  return ahead > 0 ? effectiveFrom : at;
};

const limitOf = ({ mode, creditLimit }: ModeChange): { creditLimit: bigint; currency: Currency | null } => {
  if (mode === "PREPAID") {
    if (creditLimit === null || creditLimit.minorUnits === 0n) return { creditLimit: 0n, currency: null };
    throw InvalidInputFault.of("creditLimit", "NOT_ALLOWED", "Who pays first has no credit.");
  }
  if (creditLimit === null) throw InvalidInputFault.of("creditLimit", "REQUIRED", "Say how much credit there is.");
  const { minorUnits, currency } = creditLimit;
  if (minorUnits < 1n || minorUnits > LARGEST_AMOUNT) {
    throw InvalidInputFault.of("creditLimit.minorUnits", "OUT_OF_RANGE", "A limit is positive and not absurd.");
  }
  return { creditLimit: minorUnits, currency };
};

/**
 * How an organisation below pays, from a date on; what begins at once is in force when this returns. Of two changes from
 * the same moment on the later decision counts, so that one to come is taken back by another of its time.
 * @returns the change's id.
 * @throws NotFoundFault; ForbiddenFault NOT_BELOW for one's own organisation, or of a status that forbids it;
 *   InvalidInputFault; ConflictFault where more than the new limit is used already, and for a key used otherwise.
 */
export const changeBillingMode = (tx: Tx, wish: ModeChange, at: Date): Promise<string> => {
  const { idempotencyKey: key, ...input } = wish;
  const claim = { organisationId: homeOrganisation(tx.caller), key, operation: "changeBillingMode", input };
  return once(tx, claim, at, async () => {
    const { organisationId, mode } = wish;
    await requireBelow(tx, wish);
    const limit = limitOf(wish);
    const effectiveFrom = beginningOf(wish.effectiveFrom, at);
    const before = (await billingModeAt(tx, [organisationId], at)).get(organisationId);
    const [row] = await tx.db
      .insert(billingMode)
      .values({ organisationId, mode, ...limit, effectiveFrom, changedBy: decidedBy(tx), createdAt: at })
      .returning();
    if (!row) throw new Error("insert gave no row");
    if (effectiveFrom <= at) {
      await chargeBefore(tx, row);
      await requireCovered(tx, row);
      await applyBillingMode(tx, organisationId, at);
    }
    await audit(tx, "billing", {
      action: "billing:manage",
      resource: "organisation",
      resourceId: organisationId,
      organisationId,
      before: { mode: before?.mode },
      after: { mode, ...limit, effectiveFrom },
    });
    return row.id;
  });
};

/** @throws Error where there is none: whoever asks has just written it. */
export const modeChangeById = async (tx: Tx, id: string): Promise<BillingModeRow> => {
  const [row] = await tx.db.select().from(billingMode).where(eq(billingMode.id, id));
  if (!row) throw new Error("a change that was made is gone");
  return row;
};
