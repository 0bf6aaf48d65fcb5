import type { Tx } from "@tollgate/kit";
import type { BillingMode } from "./mode.schema.js";

/** How an organisation pays at a moment. */
export interface ModeAt {
  mode: BillingMode;
  /** Since when; null where nobody ever decided, so that it is PREPAID. */
  since: Date | null;
}

/**
 * How each of these organisations pays at a moment, past or to come; PREPAID where nothing was decided. One statement,
 * however many they are.
 */
export const billingModeAt = async (
  tx: Tx,
  organisationIds: readonly string[],
  at: Date,
): Promise<Map<string, ModeAt>> => {
  const rows = await tx.sql<{ organisation_id: string; mode: BillingMode; effective_from: string }[]>`
    select distinct on (organisation_id) organisation_id, mode, effective_from from billing_mode
     where organisation_id = any(${[...new Set(organisationIds)]}::uuid[]) and effective_from <= ${at.toISOString()}
     order by organisation_id, effective_from desc, id desc`;
  const decided = new Map(rows.map((row) => [row.organisation_id, row]));
  return new Map(
    organisationIds.map((id) => {
      const row = decided.get(id);
      return [id, row ? { mode: row.mode, since: new Date(row.effective_from) } : { mode: "PREPAID", since: null }];
    }),
  );
};
