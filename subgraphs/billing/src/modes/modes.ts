import type { Tx } from "@tollgate/kit";
import type { BillingMode } from "./mode.schema.js";

/** How an organisation pays at a moment. */
export interface ModeAt {
  mode: BillingMode;
  /** Since when, whatever its limits were since; null where nobody ever decided, so that it is PREPAID. */
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
  const rows = await tx.sql<{ organisation_id: string; mode: BillingMode; since: string }[]>`
    with decision as (
      select distinct on (organisation_id, effective_from) organisation_id, effective_from, mode from billing_mode
       where organisation_id = any(${[...new Set(organisationIds)]}::uuid[]) and effective_from <= ${at.toISOString()}
       order by organisation_id, effective_from, id desc),
    newest as (
      select distinct on (organisation_id) organisation_id, mode from decision
       order by organisation_id, effective_from desc)
    select n.organisation_id, n.mode, (select min(d.effective_from) from decision d
        where d.organisation_id = n.organisation_id and d.effective_from > coalesce((select max(o.effective_from)
          from decision o where o.organisation_id = n.organisation_id and o.mode <> n.mode), '-infinity')) as since
      from newest n`;
  const decided = new Map(rows.map((row) => [row.organisation_id, row]));
  return new Map(
    organisationIds.map((id) => {
      const row = decided.get(id);
      return [id, row ? { mode: row.mode, since: new Date(row.since) } : { mode: "PREPAID", since: null }];
    }),
  );
};
