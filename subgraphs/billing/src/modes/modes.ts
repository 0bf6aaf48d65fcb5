import type { Currency, Tx } from "@tollgate/kit";
import type { BillingMode } from "./mode.schema.js";

/** How an organisation pays at a moment; PREPAID where nobody ever decided. */
export interface ModeAt {
  mode: BillingMode;
}

/** Time in which an organisation paid by invoice, whatever its limits were: after `from`, up to `until`. */
export interface CreditStretch {
  from: Date;
  /** Null while it goes on. */
  until: Date | null;
}

interface Decision {
  organisation_id: string;
  effective_from: string;
  mode: BillingMode;
}

/** What was decided for these organisations and has begun, in order; of two from the same moment on the later decision. */
const decisionsOf = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<Map<string, [Decision, ...Decision[]]>> => {
  const rows = await tx.sql<Decision[]>`
    select distinct on (organisation_id, effective_from) organisation_id, effective_from, mode from billing_mode
     where organisation_id = any(${[...new Set(organisationIds)]}::uuid[]) and effective_from <= ${at.toISOString()}
     order by organisation_id, effective_from, id desc`;
  return Map.groupBy(rows, (row) => row.organisation_id) as Map<string, [Decision, ...Decision[]]>; // groups have members
};

/**
 * How each of these organisations pays at a moment, past or to come; PREPAID where nothing was decided. One statement,
 * however many they are.
 */
export const billingModeAt = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<Map<string, ModeAt>> => {
  const decided = await decisionsOf(tx, organisationIds, at);
  return new Map(organisationIds.map((id) => [id, { mode: decided.get(id)?.at(-1)?.mode ?? "PREPAID" }]));
};

/** A decision with its limit. */
export interface Change {
  organisationId: string;
  mode: BillingMode;
  /** Of the credit limit; null for PREPAID. */
  currency: Currency | null;
  /** Minor units; 0 for PREPAID. */
  creditLimit: bigint;
  effectiveFrom: Date;
}

interface ChangeRow extends Decision {
  currency: Currency | null;
  credit_limit: bigint;
}

/**
 * Of each of these organisations the decision that counts at a moment and those that count later, in order; left out: for
 * whom nothing was ever decided. One statement, however many they are.
 */
export const changesFrom = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<Map<string, Change[]>> => {
  const rows = await tx.sql<ChangeRow[]>`
    select distinct on (organisation_id, effective_from) organisation_id, effective_from, mode, currency, credit_limit
      from billing_mode as decision
     where organisation_id = any(${[...new Set(organisationIds)]}::uuid[])
       and effective_from >= coalesce(
             (select max(begun.effective_from) from billing_mode as begun
               where begun.organisation_id = decision.organisation_id and begun.effective_from <= ${at.toISOString()}),
             '-infinity')
     order by organisation_id, effective_from, id desc`;
  return Map.groupBy(
    rows.map((row) => ({
      organisationId: row.organisation_id,
      mode: row.mode,
      currency: row.currency,
      creditLimit: row.credit_limit,
      effectiveFrom: new Date(row.effective_from),
    })),
    ({ organisationId }) => organisationId,
  );
};

/**
 * When each of these organisations paid by invoice until a moment, the oldest first; left out: who never did. One
 * statement, however many they are.
 */
export const creditStretches = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<Map<string, CreditStretch[]>> => {
  const decided = await decisionsOf(tx, organisationIds, at);
  return new Map([...decided].map(([id, decisions]) => [id, stretchesOf(decisions)]));
};

const stretchesOf = (decisions: readonly Decision[]): CreditStretch[] => {
  const stretches: CreditStretch[] = [];
  for (const { mode, effective_from: from } of decisions) {
    const last = stretches.at(-1);
    const isOn = last?.until === null;
    if (mode === "INVOICED" && !isOn) stretches.push({ from: new Date(from), until: null });
    if (mode === "PREPAID" && isOn) last.until = new Date(from);
  }
  return stretches;
};
