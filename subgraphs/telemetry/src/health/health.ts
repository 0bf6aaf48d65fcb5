import type { Tx } from "@tollgate/kit";
import { encode } from "@tollgate/kit/protocol";
import { inArray } from "drizzle-orm";
import { vmHealth } from "./health.schema.js";
import { type HealthReason, judge } from "./score.js";

export interface Health {
  score: number;
  reasons: HealthReason[];
  at: Date;
}

interface HourRow {
  vm_id: string;
  organisation_id: string;
  cpu_average: number | null;
  memory_average: number | null;
  disk_share: number | null;
  covered: number;
  expected: number;
  /** As the database writes arrays: they pass through as they are. */
  cpu_course: string;
  memory_course: string;
}

/**
 * The last hour of every RUNNING machine, in twelve stretches of five minutes. A machine that started within the hour is
 * only expected to have samples since then.
 */
const lastHour = (tx: Tx, now: Date): Promise<HourRow[]> => {
  const at = now.toISOString();
  return tx.sql<HourRow[]>`
    select v.id as vm_id, v.organisation_id, m.cpu_average, m.memory_average, m.covered, m.cpu_course, m.memory_course,
      l.disk_used_bytes::float8 / nullif(l.disk_total_bytes, 0) as disk_share,
      extract(epoch from ${at}::timestamptz - greatest(v.created_at, v.started_at, ${at}::timestamptz - interval '1 hour'))::float8 as expected
      from vm v left join vm_latest l on l.vm_id = v.id
      cross join lateral (
        select sum(f.cpu * f.seconds) / sum(f.seconds) filter (where f.cpu is not null) as cpu_average,
          sum(f.memory * f.seconds) / sum(f.seconds) filter (where f.memory is not null) as memory_average,
          coalesce(sum(f.seconds), 0)::float8 as covered,
          array_agg(f.cpu::real order by g.slot)::text as cpu_course, array_agg(f.memory::real order by g.slot)::text as memory_course
          from generate_series(0, 11) g(slot)
          left join (
            select least(11, floor(extract(epoch from s.at - (${at}::timestamptz - interval '1 hour')) / 300)::int) as slot,
              avg(s.cpu_percent) as cpu, avg(100 * s.memory_used_bytes::float8 / nullif(s.memory_total_bytes, 0)) as memory,
              sum(s.interval_seconds) as seconds
              from sample s
             where s.vm_id = v.id and s.at > ${at}::timestamptz - interval '1 hour' and s.at <= ${at}::timestamptz
             group by 1) f on f.slot = g.slot) m
     where v.state = 'RUNNING'`;
};

/** Machines younger than this are not yet missed. */
const GRACE_SECONDS = 30;

const judged = (row: HourRow) => {
  const share = (percent: number | null) => (percent === null ? null : percent / 100);
  const availability = row.expected < GRACE_SECONDS ? 1 : Math.min(1, row.covered / row.expected);
  const hour = {
    cpuAverage: share(row.cpu_average),
    memoryAverage: share(row.memory_average),
    diskShare: row.disk_share,
    availability,
  };
  return judge(hour);
};

/** Judges all RUNNING machines anew, and forgets those that run no more: three statements, however many machines. */
export const refreshHealth = async (tx: Tx, now: Date): Promise<void> => {
  const rows = await lastHour(tx, now);
  const results = rows.map(judged);
  const column = <T>(pick: (row: HourRow) => T) => rows.map(pick);
  await tx.sql`delete from vm_health where not (vm_id = any(${column((row) => row.vm_id)}::uuid[]))`;
  await tx.sql`
    insert into vm_health (vm_id, organisation_id, at, score, reasons, cpu_average, memory_average, cpu_course, memory_course)
    select vm_id, organisation_id, ${now.toISOString()}, score, reasons::jsonb, cpu, memory, cpu_course::real[], memory_course::real[]
      from unnest(${column((row) => row.vm_id)}::uuid[], ${column((row) => row.organisation_id)}::uuid[],
        ${results.map(({ score }) => score)}::int[], ${results.map(({ reasons }) => encode(reasons))}::text[],
        ${column((row) => row.cpu_average)}::float8[], ${column((row) => row.memory_average)}::float8[],
        ${column((row) => row.cpu_course)}::text[], ${column((row) => row.memory_course)}::text[])
        u(vm_id, organisation_id, score, reasons, cpu, memory, cpu_course, memory_course)
    on conflict (vm_id) do update set at = excluded.at, score = excluded.score, reasons = excluded.reasons,
      cpu_average = excluded.cpu_average, memory_average = excluded.memory_average,
      cpu_course = excluded.cpu_course, memory_course = excluded.memory_course`;
};

/** The health of each RUNNING machine of the estate that was judged already. */
export const healthOf = async (tx: Tx, vmIds: readonly string[]): Promise<Map<string, Health>> => {
  const rows = await tx.db
    .select({ vmId: vmHealth.vmId, score: vmHealth.score, reasons: vmHealth.reasons, at: vmHealth.at })
    .from(vmHealth)
    .where(inArray(vmHealth.vmId, [...vmIds]));
  // Reasons are only ever written above.
  return new Map(rows.map(({ vmId, ...health }) => [vmId, { ...health, reasons: health.reasons as HealthReason[] }]));
};
