import type { Tx } from "@tollgate/kit";
import { inArray, sql } from "drizzle-orm";
import { rowsOf, VALUE_COLUMNS } from "./incoming.js";
import { LOCKS } from "./levels.js";
import type { NewSample, Sample } from "./metrics.js";
import { vmLatest } from "./sample.schema.js";

/**
 * Writes samples in one statement, with the newest of each machine, and marks the buckets of those that are late.
 * Samples that are there already, those of machines nobody knows, and those older than what is kept are left out. The
 * days must have their partitions.
 */
export const writeSamples = async (tx: Tx, samples: readonly NewSample[]): Promise<void> => {
  if (samples.length === 0) return;
  const values = sql.raw(VALUE_COLUMNS);
  // The write must see what is late as of the lock: two statements, sent together.
  const lock = tx.db.execute(sql`select pg_advisory_xact_lock_shared(hashtext(${LOCKS.intake}))`);
  const write = tx.db.execute(sql`
    with incoming as (
      select v.organisation_id, s.* from ${rowsOf(samples)} join vm v on v.id = s.vm_id
       where s.at >= (select kept_from from rollup_level where level = 'RAW')
    ), stored as (
      insert into sample (organisation_id, vm_id, at, interval_seconds, ${values})
      select * from incoming on conflict do nothing returning vm_id, at
    ), late as (
      insert into rollup_mark (vm_id, at)
      select distinct vm_id, date_bin('5 minutes', at, 'epoch'::timestamptz) from stored
       where at < (select complete_until from rollup_level where level = 'RAW')
    )
    insert into vm_latest as l (organisation_id, vm_id, at, arrived_at, ${values})
    select distinct on (vm_id) organisation_id, vm_id, at, clock_timestamp(), ${values} from incoming order by vm_id, at desc
    on conflict (vm_id) do update set at = excluded.at, arrived_at = excluded.arrived_at, cpu_percent = excluded.cpu_percent,
      memory_used_bytes = excluded.memory_used_bytes, memory_total_bytes = excluded.memory_total_bytes,
      disk_used_bytes = excluded.disk_used_bytes, disk_total_bytes = excluded.disk_total_bytes,
      disk_read_rate = excluded.disk_read_rate, disk_write_rate = excluded.disk_write_rate,
      network_in_rate = excluded.network_in_rate, network_out_rate = excluded.network_out_rate,
      load = excluded.load, uptime_seconds = excluded.uptime_seconds
      where l.at < excluded.at`);
  await Promise.all([lock, write]);
};

/** The newest sample of each machine that has one and lies in the transaction's estate. */
export const latestSamples = async (tx: Tx, vmIds: readonly string[]): Promise<Map<string, Sample>> => {
  const rows = await tx.db
    .select()
    .from(vmLatest)
    .where(inArray(vmLatest.vmId, [...vmIds]));
  return new Map(rows.map((row) => [row.vmId, row]));
};
