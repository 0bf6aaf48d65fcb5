import type { Tx } from "@tollgate/kit";
import type { Suspicion } from "@tollgate/kit/protocol";
import { raise } from "./suspicions.js";

type Found = Omit<Suspicion, "at">;
interface Row {
  organisationId: string;
  kind: "USER" | "API_KEY" | "ADDRESS";
  id: string;
  count: number;
}

/** So many failed sign-ins within the quarter of an hour, of one person or from one address. */
const FAILED_SIGN_INS = 10;
/** So many ids within the quarter of an hour that were not the asker's to see. */
const FOREIGN_IDS = 10;
/** So many exports by one within the hour. */
const EXPORTS = 5;
/** An hour of the day is odd for somebody who was active on so many other days, never at it. */
const KNOWN_DAYS = 10;

/** Failed sign-ins as a person whom somebody else may try to be. */
const failedSignIns = async (tx: Tx, at: Date): Promise<Found[]> => {
  const rows = await tx.sql<Row[]>`
    select organisation_id as "organisationId", 'USER' as kind, actor_id as id, sum(occurrences)::int as count
      from audit_entry
     where at > ${at.toISOString()}::timestamptz - interval '15 minutes' and at <= ${at.toISOString()}
       and action = 'session:signIn' and outcome = 'REFUSED' and actor_id is not null
     group by 1, 2, 3 having sum(occurrences) >= ${FAILED_SIGN_INS}`;
  return rows.map((row) => found("failedSignIns", row));
};

/** Failed sign-ins from an address that tries many people, whoever they belong to: that is the operator's to see. */
const failedFrom = async (tx: Tx, at: Date): Promise<Found[]> => {
  const rows = await tx.sql<Row[]>`
    select t.organisation_id as "organisationId", 'ADDRESS' as kind, e.address as id, sum(e.occurrences)::int as count
      from audit_entry e cross join (select organisation_id from tenancy where parent_id is null) t
     where e.at > ${at.toISOString()}::timestamptz - interval '15 minutes' and e.at <= ${at.toISOString()}
       and e.action = 'session:signIn' and e.outcome = 'REFUSED' and e.address is not null
     group by 1, 2, 3 having sum(e.occurrences) >= ${FAILED_SIGN_INS}`;
  return rows.map((row) => found("failedSignIns", row));
};

/** Somebody who tries one foreign id after the other. */
const foreignIds = async (tx: Tx, at: Date): Promise<Found[]> => {
  const rows = await tx.sql<Row[]>`
    select organisation_id as "organisationId", actor_kind as kind, actor_id as id, sum(occurrences)::int as count
      from audit_entry
     where at > ${at.toISOString()}::timestamptz - interval '15 minutes' and at <= ${at.toISOString()}
       and outcome = 'REFUSED' and problem = 'NOT_FOUND' and actor_id is not null
     group by 1, 2, 3 having sum(occurrences) >= ${FOREIGN_IDS}`;
  return rows.map((row) => found("foreignIds", row));
};

/** Somebody who takes much out in a short time. */
const massExports = async (tx: Tx, at: Date): Promise<Found[]> => {
  const rows = await tx.sql<Row[]>`
    select organisation_id as "organisationId", actor_kind as kind, actor_id as id, sum(occurrences)::int as count
      from audit_entry
     where at > ${at.toISOString()}::timestamptz - interval '1 hour' and at <= ${at.toISOString()}
       and split_part(action, ':', 2) = 'export' and outcome = 'SUCCEEDED' and actor_id is not null
     group by 1, 2, 3 having sum(occurrences) >= ${EXPORTS}`;
  return rows.map((row) => found("massExport", row));
};

/** A person who does something at an hour of the day (and those beside it) at which they did nothing for 30 days. */
const oddHours = async (tx: Tx, at: Date): Promise<Found[]> => {
  const rows = await tx.sql<Row[]>`
    with lately as (
      select organisation_id, actor_id, count(*)::int as count,
             extract(hour from max(at) at time zone 'UTC')::int as hour
        from audit_entry
       where at > ${at.toISOString()}::timestamptz - interval '15 minutes' and at <= ${at.toISOString()}
         and actor_kind = 'USER' and outcome = 'SUCCEEDED' and actor_id is not null
       group by 1, 2)
    select l.organisation_id as "organisationId", 'USER' as kind, l.actor_id as id, l.count
      from lately l cross join lateral (
        select count(distinct (e.at at time zone 'UTC')::date) as days,
               count(*) filter (where (extract(hour from e.at at time zone 'UTC')::int - l.hour + 25) % 24 <= 2) as beside
          from audit_entry e
         where e.actor_id = l.actor_id and e.outcome = 'SUCCEEDED'
           and e.at > ${at.toISOString()}::timestamptz - interval '30 days'
           and e.at <= ${at.toISOString()}::timestamptz - interval '3 hours') before
     where before.days >= ${KNOWN_DAYS} and before.beside = 0`;
  return rows.map((row) => found("oddHours", row));
};

const found = (pattern: Suspicion["pattern"], { organisationId, kind, id, count }: Row): Found => ({
  organisationId,
  pattern,
  subject: { kind, id },
  count,
});

/**
 * Looks for patterns among what came in lately and raises what is new of them. Looking twice does no harm.
 * @returns how many were raised.
 */
export const watchTrail = async (tx: Tx, at: Date): Promise<number> => {
  let raised = 0;
  for (const look of [failedSignIns, failedFrom, foreignIds, massExports, oddHours]) {
    for (const suspicion of await look(tx, at)) if (await raise(tx, { ...suspicion, at })) raised += 1;
  }
  await tx.sql`delete from audit_alarm where raised_at < ${at.toISOString()}::timestamptz - interval '7 days'`;
  return raised;
};
