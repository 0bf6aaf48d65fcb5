import type { Database } from "@tollgate/kit";

const DAY_MILLISECONDS = 86_400_000;
/** Partitions exist this many days ahead of the clock. */
const DAYS_AHEAD = 3;

/**
 * Functions of the migrator's, for the login role owns no table and could neither make nor drop one. A partition is
 * made beside the table and attached then, which lets readers and writers of the other days go on.
 */
export const PARTITION_FUNCTIONS = [
  `create or replace function make_sample_partition(day date) returns void
   language plpgsql security definer set search_path = telemetry as $body$
   declare name text := 'sample_' || to_char(day, 'YYYYMMDD');
   begin
     if day < current_date - 400 or day > current_date + 30 then
       raise exception 'no samples are kept for %', day using errcode = '22008';
     end if;
     if to_regclass(name) is not null then return; end if;
     perform pg_advisory_xact_lock(hashtext('telemetry sample partitions'));
     -- The table of names, not its cache, which need not have heard yet of what was committed while we waited.
     if exists (select 1 from pg_class where relname = name and relnamespace = 'telemetry'::regnamespace) then return; end if;
     execute format('create table %I (like sample including defaults including constraints)', name);
     execute format('alter table sample attach partition %I for values from (%L) to (%L)', name,
       day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
   end $body$`,
  `create or replace function drop_sample_partitions(before date) returns int
   language plpgsql security definer set search_path = telemetry set lock_timeout = '5s' as $body$
   declare old record; dropped int := 0;
   begin
     perform pg_advisory_xact_lock(hashtext('telemetry sample partitions'));
     for old in
       select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'sample'::regclass and c.relname < 'sample_' || to_char(before, 'YYYYMMDD') order by 1
     loop
       execute format('drop table %I', old.relname);
       dropped := dropped + 1;
     end loop;
     return dropped;
   end $body$`,
];

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The days that samples are kept of, each a partition of its own. */
export class SamplePartitions {
  private readonly known = new Set<string>();

  constructor(private readonly database: Database) {}

  /** Sees to it that samples of these moments have a place. Costs nothing for days that it has seen. */
  async ensure(moments: Iterable<Date>): Promise<void> {
    const days = new Set<string>();
    for (const moment of moments) days.add(dayOf(moment.getTime()));
    await this.make([...days].filter((day) => !this.known.has(day)));
  }

  /** Makes the partitions of the days to come. */
  async prepare(now: Date): Promise<void> {
    await this.make(
      Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => dayOf(now.getTime() + ahead * DAY_MILLISECONDS)),
    );
  }

  /**
   * Drops whole days of samples.
   * @param keepDays days kept besides today's.
   * @returns how many days were dropped.
   */
  async retire(now: Date, keepDays: number): Promise<number> {
    const before = dayOf(now.getTime() - keepDays * DAY_MILLISECONDS);
    const [row] = await this.database.system(
      "sample-partitions",
      (tx) => tx.sql<{ dropped: number }[]>`select drop_sample_partitions(${before}::date) as dropped`,
    );
    for (const day of this.known) if (day < before) this.known.delete(day);
    return row?.dropped ?? 0;
  }

  private async make(days: string[]): Promise<void> {
    if (days.length === 0) return;
    await this.database.system(
      "sample-partitions",
      (tx) => tx.sql`select make_sample_partition(day) from unnest(${days}::text[]::date[]) day order by day`,
    );
    for (const day of days) this.known.add(day);
  }
}
