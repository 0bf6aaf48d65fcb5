import { type Database, readSettings, type Tx } from "@tollgate/kit";
import { type Level, LOCKS, TABLES } from "./levels.js";

const DAY_MILLISECONDS = 86_400_000;
/** Partitions exist this many days ahead of the clock. */
const DAYS_AHEAD = 3;

/** Days that each level is kept, besides today. Rollups are dropped by whole months. */
export interface Retention {
  rawDays: number;
  fiveMinuteDays: number;
  oneHourDays: number;
}

/** As the platform's settings have it. */
export const retentionOf = async (tx: Tx): Promise<Retention> => {
  const keys = ["telemetry.keepSamplesDays", "telemetry.keepFiveMinutesDays", "telemetry.keepHoursDays"] as const;
  const days = await readSettings(tx, keys, null);
  return {
    rawDays: days["telemetry.keepSamplesDays"],
    fiveMinuteDays: days["telemetry.keepFiveMinutesDays"],
    oneHourDays: days["telemetry.keepHoursDays"],
  };
};

const PARTITIONS_LOCK = "telemetry sample partitions";
const STARTS = "case parent when 'sample' then day else date_trunc('month', day)::date end";
const NEXT = "case parent when 'sample' then first + 1 else (first + interval '1 month')::date end";
const FORM = "case parent when 'sample' then 'YYYYMMDD' else 'YYYYMM' end";

/**
 * Functions of the migrator's, for the login role owns no table and could neither make nor drop a partition. One is
 * made beside the table and attached then, which lets readers and writers of the others go on. What is dropped is
 * decided here as well: no caller can drop samples before their rollups exist.
 */
export const PARTITION_FUNCTIONS = [
  `create or replace function make_sample_partition(parent text, day date) returns void
   language plpgsql security definer set search_path = telemetry, pg_temp as $body$
   declare
     first date := ${STARTS};
     next date := ${NEXT};
     name text := parent || '_' || to_char(first, ${FORM});
   begin
     if parent not in ('sample', 'rollup_five_minutes', 'rollup_one_hour') then
       raise exception 'no partitions of %', parent using errcode = '22023';
     end if;
     if day < current_date - 1100 or day > current_date + 30 then
       raise exception 'no samples are kept for %', day using errcode = '22008';
     end if;
     if to_regclass(name) is not null then return; end if;
     -- Of what is dropped already nothing is taken any more.
     if parent = 'sample' and day < (select (kept_from at time zone 'UTC')::date from rollup_level where level = 'RAW') then return; end if;
     perform pg_advisory_xact_lock(hashtext('${PARTITIONS_LOCK}'));
     -- The table of names, not its cache, which need not have heard yet of what was committed while we waited.
     if exists (select 1 from pg_class where relname = name and relnamespace = 'telemetry'::regnamespace) then return; end if;
     execute format('create table %I (like %I including defaults including constraints)', name, parent);
     execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, name,
       first::timestamp at time zone 'UTC', next::timestamp at time zone 'UTC');
   end $body$`,
  // As whoever calls: nobody but the owner, by way of the next function, gets anywhere with it.
  `create or replace function drop_partitions_before(parent text, moment timestamptz) returns int
   language plpgsql set search_path = telemetry, pg_temp as $body$
   declare old record; dropped int := 0;
     first text := parent || '_' || to_char(moment at time zone 'UTC', ${FORM});
   begin
     for old in
       select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = parent::regclass and c.relname < first order by 1
     loop
       execute format('drop table %I', old.relname);
       dropped := dropped + 1;
     end loop;
     return dropped;
   end $body$`,
  `create or replace function retire_samples(raw_before timestamptz, five_minutes_before timestamptz, one_hour_before timestamptz)
   returns int language plpgsql security definer set search_path = telemetry, pg_temp set lock_timeout = '5s' set timezone = 'UTC' as $body$
   declare kept timestamptz; dropped int := 0;
   begin
     -- Marks are seen by the system alone; to overlook one would lose a late sample.
     if current_setting('tollgate.path', true) is distinct from '/' then
       raise exception 'the system retires samples' using errcode = '42501';
     end if;
     perform pg_advisory_xact_lock(hashtext('${LOCKS.rollups}'));
     -- Whoever writes samples afterwards knows what is kept no more.
     perform pg_advisory_xact_lock(hashtext('${LOCKS.intake}'));
     perform pg_advisory_xact_lock(hashtext('${PARTITIONS_LOCK}'));

     kept := date_trunc('day', least(raw_before, (select complete_until from rollup_level where level = 'FIVE_MINUTES'),
       (select min(at) from rollup_mark)));
     update rollup_level set kept_from = greatest(kept_from, kept) where level = 'RAW' returning kept_from into kept;
     dropped := drop_partitions_before('sample', kept);

     -- A late sample that is still taken has its whole hour made anew, which takes the hour's other five minutes.
     kept := date_trunc('month', least(five_minutes_before, (select complete_until from rollup_level where level = 'ONE_HOUR'), kept));
     update rollup_level set kept_from = greatest(kept_from, kept) where level = 'FIVE_MINUTES' returning kept_from into kept;
     dropped := dropped + drop_partitions_before('rollup_five_minutes', kept);

     kept := date_trunc('month', least(one_hour_before, kept));
     update rollup_level set kept_from = greatest(kept_from, kept) where level = 'ONE_HOUR' returning kept_from into kept;
     return dropped + drop_partitions_before('rollup_one_hour', kept);
   end $body$`,
];

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Sees to it that buckets of a level at these moments have a place. */
export const makePartitions = async (tx: Tx, level: Level, moments: Iterable<Date>): Promise<void> => {
  const length = level === "RAW" ? 10 : 7;
  const starts = new Set<string>();
  for (const moment of moments) starts.add(dayOf(moment.getTime()).slice(0, length).padEnd(10, "-01"));
  if (starts.size === 0) return;
  await tx.sql`
    select make_sample_partition(${TABLES[level]}, day) from unnest(${[...starts]}::text[]::date[]) day order by day`;
};

/** The first day that has a partition of samples, of those from `from` on; null when none has. */
export const firstDayOfSamples = async (tx: Tx, from: Date): Promise<Date | null> => {
  const [row] = await tx.sql<{ day: string | null }[]>`
    select min(right(c.relname, 8)) as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'sample'::regclass and right(c.relname, 8) >= ${dayOf(from.getTime()).replaceAll("-", "")}`;
  const day = row?.day;
  return day ? new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`) : null;
};

/** Where samples and their rollups are kept: a partition for each day of samples and each month of rollups. */
export class SamplePartitions {
  private readonly known = new Set<string>();

  constructor(private readonly database: Database) {}

  /** Sees to it that samples of these moments have a place. Costs nothing for days that it has seen. */
  async ensure(moments: Iterable<Date>): Promise<void> {
    const days = new Set<string>();
    for (const moment of moments) days.add(dayOf(moment.getTime()));
    const unknown = [...days].filter((day) => !this.known.has(day));
    if (unknown.length === 0) return;
    await this.database.system("sample-partitions", (tx) =>
      makePartitions(
        tx,
        "RAW",
        unknown.map((day) => new Date(day)),
      ),
    );
    for (const day of unknown) this.known.add(day);
  }

  /** Makes the partitions of the days to come, of all levels. */
  async prepare(now: Date): Promise<void> {
    const days = Array.from(
      { length: DAYS_AHEAD + 1 },
      (_, ahead) => new Date(now.getTime() + ahead * DAY_MILLISECONDS),
    );
    await this.ensure(days);
    await this.database.system("sample-partitions", async (tx) => {
      await makePartitions(tx, "FIVE_MINUTES", days);
      await makePartitions(tx, "ONE_HOUR", days);
    });
  }

  /**
   * Drops whole partitions of what is kept no longer: never samples before their rollups exist, nor the five minutes
   * before their hours. Samples from before what is kept are refused from then on.
   * @returns how many partitions were dropped.
   */
  async retire(now: Date, { rawDays, fiveMinuteDays, oneHourDays }: Retention): Promise<number> {
    const before = (days: number) => new Date(now.getTime() - days * DAY_MILLISECONDS).toISOString();
    const fiveMinutes = Math.max(rawDays, fiveMinuteDays);
    const [row] = await this.database.system(
      "sample-partitions",
      (tx) => tx.sql<{ dropped: number }[]>`
        select retire_samples(${before(rawDays)}::timestamptz, ${before(fiveMinutes)}::timestamptz,
          ${before(Math.max(fiveMinutes, oneHourDays))}::timestamptz) as dropped`,
    );
    return row?.dropped ?? 0;
  }
}
