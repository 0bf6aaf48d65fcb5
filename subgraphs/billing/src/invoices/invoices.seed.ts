import type { Subgraph } from "@tollgate/kit";
import { monthBefore, runMonth } from "./running.js";

const SIX_HOURS = 6 * 3_600_000;

/**
 * Bills the month before this one, as the job did on its first morning; in the first hours of a month the job itself does.
 * Months that are billed stay as they are, so it may run at every start.
 */
export const seedInvoices = async (subgraph: Subgraph, now: Date): Promise<void> => {
  const month = monthBefore(now);
  const morning = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1) + SIX_HOURS);
  if (morning > now) return;
  const { failures } = await runMonth(subgraph.database, month, null, morning);
  if (failures[0]) throw new Error(`the demo's month is not billed: ${failures[0].problem}`);
};
