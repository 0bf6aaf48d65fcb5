import type { Database, Tx } from "@tollgate/kit";
import { eq, lt, type SQL, sql } from "drizzle-orm";
import { rowsOf } from "./incoming.js";
import {
  advance,
  floorTo,
  type Level,
  type Levels,
  LOCKS,
  type RolledLevel,
  readLevels,
  TABLES,
  WIDTHS,
} from "./levels.js";
import { METRICS, type Metric, type NewSample } from "./metrics.js";
import { firstDayOfSamples, makePartitions } from "./partitions.js";
import { mergedColumns, partColumns, partNames, partTable } from "./parts.js";
import { rollupLevel } from "./sample.schema.js";

/** A bucket is closed this long after its end: what comes later is late and has it made again. */
const SETTLING_SECONDS = 30;
/** What one transaction rolls up at most: this much of the samples, of the five minutes, and of the marks. */
const MOST_OF_SAMPLES = 3_600_000;
const MOST_OF_BUCKETS = 86_400_000;
const MOST_MARKS = 5_000;

const ALL = Object.keys(METRICS) as Metric[]; // the keys of a closed record
const NAMES = ["widest_seconds", ...partNames(ALL)];

/** Buckets of one level: all that begin in a stretch of time, or single ones. */
type Chosen = { from: Date; to: Date } | { vmIds: string[]; starts: Date[] };

/** What the level below has of these buckets, named `s`. */
const sourceOf = (below: Level, chosen: Chosen, width: number): SQL => {
  if ("from" in chosen) {
    return sql`${partTable(below)} where s.at >= ${chosen.from.toISOString()}::timestamptz and s.at < ${chosen.to.toISOString()}::timestamptz`;
  }
  const starts = chosen.starts.map((start) => start.toISOString());
  // "offset 0" keeps it a look-up for each bucket: a join of all with all would compare every sample of a machine.
  return sql`unnest(${sql.param(chosen.vmIds)}::uuid[], ${sql.param(starts)}::text[]::timestamptz[]) c(vm_id, start)
    cross join lateral (
      select * from ${partTable(below)}
       where s.vm_id = c.vm_id and s.at >= c.start and s.at < c.start + ${width} * interval '1 second' offset 0) s`;
};

/** Makes buckets of a level anew from all that the level below has of them. Doing it twice changes nothing. */
const makeBuckets = async (tx: Tx, level: RolledLevel, chosen: Chosen): Promise<void> => {
  const below = level === "FIVE_MINUTES" ? "RAW" : "FIVE_MINUTES";
  const source = sourceOf(below, chosen, WIDTHS[level]);
  await insertBuckets(tx, level, sql`select ${partColumns(below, ALL)} from ${source}`);
};

/**
 * Writes hours as these samples would have rolled up, without keeping the samples: the past of machines that were
 * measured elsewhere. Each hour comes whole, and lies before all samples that are kept.
 */
export const writeHours = async (tx: Tx, samples: readonly NewSample[]): Promise<void> => {
  await makePartitions(
    tx,
    "ONE_HOUR",
    samples.map(({ at }) => at),
  );
  await insertBuckets(tx, "ONE_HOUR", sql`select ${partColumns("RAW", ALL)} from ${rowsOf(samples)}`);
};

/**
 * Says that nothing finer than hours is kept from before a moment, so that charts of earlier times are read from hours;
 * where finer rollups are there all the same it says nothing.
 */
export const beginDetailAt = async (tx: Tx, moment: Date): Promise<void> => {
  const at = moment.toISOString();
  await tx.db.execute(sql`
    update rollup_level set kept_from = greatest(kept_from, ${at}::timestamptz)
     where level in ('RAW', 'FIVE_MINUTES') and not exists (select 1 from rollup_five_minutes where at < ${at}::timestamptz)`);
};

/** Writes buckets of a level, merged from parts. Of machines nobody knows nothing is written. */
const insertBuckets = async (tx: Tx, level: RolledLevel, parts: SQL): Promise<void> => {
  await tx.db.execute(sql`
    insert into ${sql.raw(TABLES[level])} (organisation_id, vm_id, at, ${sql.raw(NAMES.join(", "))})
    select v.organisation_id, p.vm_id, date_bin(${WIDTHS[level]} * interval '1 second', p.at, 'epoch'::timestamptz) as bucket,
        max(p.widest_seconds), ${mergedColumns(ALL)}
      from (${parts}) p join vm v on v.id = p.vm_id
     group by v.organisation_id, p.vm_id, bucket
    on conflict (vm_id, at) do update set ${sql.raw(NAMES.map((name) => `${name} = excluded.${name}`).join(", "))}`);
};

/**
 * Says of all buckets that are over that they are closed. It waits for whoever is writing samples, a moment at most, and
 * whoever writes afterwards knows what is late: so no sample falls between a rollup and its mark.
 */
const closeBuckets = async (database: Database, now: Date): Promise<void> => {
  const closed = floorTo(WIDTHS.FIVE_MINUTES, new Date(now.getTime() - SETTLING_SECONDS * 1_000));
  const isNew = await database.system("rollups", async (tx) => (await readLevels(tx)).RAW.completeUntil < closed);
  if (!isNew) return;
  await database.system("rollups", async (tx) => {
    await tx.sql`select set_config('lock_timeout', '2s', true)`;
    await tx.sql`select pg_advisory_xact_lock(hashtext(${LOCKS.intake}))`;
    await tx.db
      .update(rollupLevel)
      .set({ completeUntil: closed })
      .where(sql`${eq(rollupLevel.level, "RAW")} and ${lt(rollupLevel.completeUntil, closed)}`);
  });
};

const earlier = (a: Date, b: Date) => (a < b ? a : b);

/** Rolls up the next stretch of samples that are closed. @returns whether there was one. */
const rollSamples = async (tx: Tx, { RAW, FIVE_MINUTES }: Levels): Promise<boolean> => {
  const [done, closed] = [FIVE_MINUTES.completeUntil, RAW.completeUntil];
  if (done >= closed) return false;
  const first = (await firstDayOfSamples(tx, done)) ?? closed;
  const from = done < first ? earlier(first, closed) : done;
  const to = earlier(new Date(from.getTime() + MOST_OF_SAMPLES), closed);
  if (from < to) {
    await makePartitions(tx, "FIVE_MINUTES", [from, new Date(to.getTime() - 1)]);
    await makeBuckets(tx, "FIVE_MINUTES", { from, to });
  }
  await advance(tx, "FIVE_MINUTES", to);
  return true;
};

/** Rolls up the next stretch of whole hours. @returns whether there was one. */
const rollHours = async (tx: Tx, { FIVE_MINUTES, ONE_HOUR }: Levels): Promise<boolean> => {
  const ready = floorTo(WIDTHS.ONE_HOUR, FIVE_MINUTES.completeUntil);
  if (ONE_HOUR.completeUntil >= ready) return false;
  // Five-minute buckets were never made from before the oldest sample.
  const hasBegun = ONE_HOUR.completeUntil.getTime() > 0;
  const from = hasBegun ? ONE_HOUR.completeUntil : earlier((await firstDayOfSamples(tx, new Date(0))) ?? ready, ready);
  const to = earlier(new Date(from.getTime() + MOST_OF_BUCKETS), ready);
  if (from < to) {
    await makePartitions(tx, "ONE_HOUR", [from, new Date(to.getTime() - 1)]);
    await makeBuckets(tx, "ONE_HOUR", { from, to });
  }
  await advance(tx, "ONE_HOUR", to);
  return true;
};

interface Mark {
  vm_id: string;
  at: string;
}

const distinct = (marks: readonly { vmId: string; start: Date }[]) => {
  const byKey = new Map(marks.map((mark) => [`${mark.vmId} ${mark.start.getTime()}`, mark]));
  return [...byKey.values()];
};

const chosenOf = (marks: readonly { vmId: string; start: Date }[]) => ({
  vmIds: marks.map(({ vmId }) => vmId),
  starts: marks.map(({ start }) => start),
});

/**
 * Makes the buckets anew that got late samples, and the hours that they belong to. A mark is committed together with its
 * sample: whoever sees the one sees the other, and a mark that comes while we work stays for the next turn.
 * @returns whether there may be more.
 */
const rollMarks = async (tx: Tx, { ONE_HOUR }: Levels): Promise<boolean> => {
  const rows = await tx.sql<Mark[]>`
    delete from rollup_mark where id in (select id from rollup_mark order by id limit ${MOST_MARKS}) returning vm_id, at`;
  if (rows.length === 0) return false;
  const buckets = distinct(rows.map(({ vm_id, at }) => ({ vmId: vm_id, start: new Date(at) })));
  await makePartitions(
    tx,
    "FIVE_MINUTES",
    buckets.map(({ start }) => start),
  );
  await makeBuckets(tx, "FIVE_MINUTES", chosenOf(buckets));
  const hours = distinct(
    buckets
      .map(({ vmId, start }) => ({ vmId, start: floorTo(WIDTHS.ONE_HOUR, start) }))
      .filter(({ start }) => start < ONE_HOUR.completeUntil),
  );
  if (hours.length === 0) return rows.length === MOST_MARKS;
  await makePartitions(
    tx,
    "ONE_HOUR",
    hours.map(({ start }) => start),
  );
  await makeBuckets(tx, "ONE_HOUR", chosenOf(hours));
  return rows.length === MOST_MARKS;
};

/**
 * One turn of rolling up: closes buckets that are over, then makes a stretch of what is due in a transaction of its own.
 * All processes may call it at any time: one of them works, the others go on without waiting unless they are told to.
 * @returns whether there may be more to do right now.
 */
export const rollUp = async (database: Database, now: Date, others: "go-on" | "wait" = "go-on"): Promise<boolean> => {
  await closeBuckets(database, now);
  return database.system("rollups", async (tx) => {
    if (!(await takeTurn(tx, others))) return false;
    const isMarked = await rollMarks(tx, await readLevels(tx));
    const isSampled = await rollSamples(tx, await readLevels(tx));
    const isHourly = await rollHours(tx, await readLevels(tx));
    return isMarked || isSampled || isHourly;
  });
};

const takeTurn = async (tx: Tx, others: "go-on" | "wait"): Promise<boolean> => {
  if (others === "wait") {
    await tx.sql`select pg_advisory_xact_lock(hashtext(${LOCKS.rollups}))`;
    return true;
  }
  const [lock] = await tx.sql<{ taken: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtext(${LOCKS.rollups})) as taken`;
  return lock?.taken === true;
};
