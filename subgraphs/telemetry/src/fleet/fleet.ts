import type { Tx } from "@tollgate/kit";
import { sql } from "drizzle-orm";
import { HEALTHY_SCORE } from "../health/score.js";
import type { VmState } from "../machines/machine.js";
import { METRICS, type Metric } from "../samples/metrics.js";

/** An estate in one answer. Use is percent 0-100 of what runs, weighted by size; DELETED machines are left out. */
export interface Fleet {
  /** The top of the estate. */
  organisationId: string;
  machines: number;
  running: number;
  byState: { state: VmState; count: number }[];
  vcpus: number;
  memoryBytes: bigint;
  storageBytes: bigint;
  /** Over the last hour. */
  cpuAverage: number | null;
  /** The busiest five minutes of the last hour. */
  cpuPeak: number | null;
  memoryAverage: number | null;
  memoryPeak: number | null;
  /** Percent of the running machines' disks that is full. */
  storageUsed: number | null;
  healthAverage: number | null;
  /** Running with a low score, and FAILED. */
  unhealthy: number;
}

interface FleetRow {
  organisation_id: string;
  machines: number;
  running: number;
  by_state: { state: VmState; count: number }[];
  vcpus: number;
  memory_bytes: string;
  storage_bytes: string;
  cpu_average: number | null;
  cpu_peak: number | null;
  memory_average: number | null;
  memory_peak: number | null;
  storage_used: number | null;
  health_average: number | null;
  unhealthy: number;
}

const tenths = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);

const fleetOf = (row: FleetRow): Fleet => ({
  organisationId: row.organisation_id,
  machines: row.machines,
  running: row.running,
  byState: row.by_state,
  vcpus: row.vcpus,
  memoryBytes: BigInt(row.memory_bytes),
  storageBytes: BigInt(row.storage_bytes),
  cpuAverage: tenths(row.cpu_average),
  cpuPeak: tenths(row.cpu_peak),
  memoryAverage: tenths(row.memory_average),
  memoryPeak: tenths(row.memory_peak),
  storageUsed: tenths(row.storage_used),
  healthAverage: row.health_average,
  unhealthy: row.unhealthy,
});

/** The totals of many estates, each in the scope of the transaction, in one statement. */
export const fleets = async (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, Fleet>> => {
  const rows = await tx.sql<FleetRow[]>`
    with machine as (
      select r.id as root, v.*, h.score, h.cpu_average, h.memory_average, h.cpu_course, h.memory_course,
        l.disk_used_bytes, l.disk_total_bytes
        from unnest(${[...organisationIds]}::uuid[]) r(id)
        join tenancy a on a.organisation_id = r.id
        join tenancy b on b.path >= a.path collate "C" and b.path < (a.path || '~') collate "C"
        join vm v on v.organisation_id = b.organisation_id and v.state <> 'DELETED'
        left join vm_latest l on l.vm_id = v.id
        left join vm_health h on h.vm_id = v.id
    ), course as (
      select m.root, s.slot, sum(s.cpu * m.vcpus) / sum(m.vcpus) filter (where s.cpu is not null) as cpu,
        sum(s.memory * m.memory_bytes::float8) / sum(m.memory_bytes::float8) filter (where s.memory is not null) as memory
        from machine m cross join lateral unnest(m.cpu_course, m.memory_course) with ordinality s(cpu, memory, slot)
       where m.state = 'RUNNING' group by m.root, s.slot
    ), state as (
      select root, jsonb_agg(jsonb_build_object('state', state, 'count', count) order by state) as by_state
        from (select root, state, count(*)::int as count from machine group by root, state) c group by root
    )
    select r.id as organisation_id, count(m.id)::int as machines, count(*) filter (where m.state = 'RUNNING')::int as running,
      coalesce((select s.by_state from state s where s.root = r.id), '[]'::jsonb) as by_state,
      coalesce(sum(m.vcpus), 0)::int as vcpus, coalesce(sum(m.memory_bytes), 0)::text as memory_bytes,
      coalesce(sum(m.storage_bytes), 0)::text as storage_bytes,
      sum(m.cpu_average * m.vcpus) / sum(m.vcpus) filter (where m.cpu_average is not null) as cpu_average,
      (select max(c.cpu) from course c where c.root = r.id) as cpu_peak,
      sum(m.memory_average * m.memory_bytes::float8) / sum(m.memory_bytes::float8) filter (where m.memory_average is not null) as memory_average,
      (select max(c.memory) from course c where c.root = r.id) as memory_peak,
      (100 * sum(m.disk_used_bytes) filter (where m.state = 'RUNNING' and m.disk_total_bytes is not null)
        / nullif(sum(m.disk_total_bytes) filter (where m.state = 'RUNNING' and m.disk_used_bytes is not null), 0))::float8 as storage_used,
      round(avg(m.score))::int as health_average,
      count(*) filter (where m.score < ${HEALTHY_SCORE} or m.state = 'FAILED')::int as unhealthy
      from unnest(${[...organisationIds]}::uuid[]) r(id) left join machine m on m.root = r.id
     group by r.id`;
  return new Map(rows.map((row) => [row.organisation_id, fleetOf(row)]));
};

/** Which machines of which estate use most of what. */
export interface ConsumersRequest {
  organisationId: string;
  metric: Metric;
  /** 1 to 100. */
  first: number;
}

/** A machine and its newest value of the metric. */
export interface Consumer {
  vmId: string;
  value: number;
}

/** The running machines with the highest newest values: one statement for each different metric and number. */
export const topConsumers = async (
  tx: Tx,
  requests: readonly ConsumersRequest[],
): Promise<Map<ConsumersRequest, Consumer[]>> => {
  const found = new Map<ConsumersRequest, Consumer[]>();
  for (const alike of Map.groupBy(requests, ({ metric, first }) => `${metric} ${first}`).values()) {
    const [example] = alike;
    if (!example) continue;
    const value = sql.raw(`l.${METRICS[example.metric]}`); // from a closed list, never from a client
    const roots = sql.param([...new Set(alike.map(({ organisationId }) => organisationId))]);
    const rows = await tx.db.execute<{ root: string; vm_id: string; value: number } & Record<string, unknown>>(sql`
      select r.id as root, t.vm_id, t.value from unnest(${roots}::uuid[]) r(id) cross join lateral (
        select v.id as vm_id, ${value}::float8 as value from tenancy a
          join tenancy b on b.path >= a.path collate "C" and b.path < (a.path || '~') collate "C"
          join vm v on v.organisation_id = b.organisation_id and v.state = 'RUNNING'
          join vm_latest l on l.vm_id = v.id and ${value} is not null
         where a.organisation_id = r.id order by ${value} desc, v.id limit ${example.first}) t
       order by r.id, t.value desc, t.vm_id`);
    const byRoot = Map.groupBy(rows, (row) => row.root);
    for (const request of alike) {
      found.set(
        request,
        (byRoot.get(request.organisationId) ?? []).map((row) => ({ vmId: row.vm_id, value: Number(row.value) })),
      );
    }
  }
  return found;
};
