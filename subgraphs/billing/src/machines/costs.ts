import type { Money, Tx } from "@tollgate/kit";
import { inArray } from "drizzle-orm";
import { monthOf } from "../figures/calendar.js";
import { zonesOf } from "../figures/spend.js";
import { machine } from "./machine.schema.js";

/**
 * Recorded use since the calendar month began in the time zone of the machine's organisation, net of tax, by machine.
 * Left out: what used nothing and what is out of sight. A constant number of statements.
 */
export const costsThisMonth = async (tx: Tx, vmIds: readonly string[], at: Date): Promise<Map<string, Money>> => {
  const machines = await tx.db
    .select({ vmId: machine.vmId, organisationId: machine.organisationId })
    .from(machine)
    .where(inArray(machine.vmId, [...vmIds]));
  if (machines.length === 0) return new Map();
  const zones = await zonesOf(tx, [...new Set(machines.map(({ organisationId }) => organisationId))]);
  const begins = machines.map(({ organisationId }) =>
    monthOf(zones.get(organisationId) ?? "UTC", at).from.toISOString(),
  );
  const rows = await tx.sql<{ vm_id: string; currency: Money["currency"]; amount: bigint }[]>`
    select m.vm_id, u.currency, sum(u.amount)::bigint as amount
      from unnest(${machines.map(({ vmId }) => vmId)}::uuid[], ${begins}::text[]) m(vm_id, begin)
      join usage_record u on u.vm_id = m.vm_id and u.hour >= m.begin::timestamptz
     group by m.vm_id, u.currency`;
  return new Map(rows.map(({ vm_id: id, currency, amount: minorUnits }) => [id, { minorUnits, currency }]));
};
