import type { Tx } from "@tollgate/kit";
import { and, eq, or, sql } from "drizzle-orm";
import { type SessionRow, whatsappSession } from "./session.schema.js";

/**
 * Takes sessions that nobody runs, renews those of `holder` that are due, and lists those it holds that may run, or must stop. A lease is
 * kept in real time, whatever the clock of the domain says; each change of holder raises the fence.
 * @param seconds until a lease that is not renewed lapses.
 */
export const holdSessions = async (tx: Tx, holder: string, seconds: number): Promise<SessionRow[]> => {
  await tx.sql`
    update whatsapp_session s set holder = ${holder}, lease_until = clock_timestamp() + ${seconds} * interval '1 second',
        fence = case when s.holder = ${holder} then s.fence else s.fence + 1 end
      from (select id from whatsapp_session where (goal <> 'STOPPED' or holder is not null) and case
              when holder is null then true
              when holder = ${holder} then lease_until < clock_timestamp() + ${seconds / 2} * interval '1 second'
              else lease_until < clock_timestamp() end
             for update skip locked) due
     where s.id = due.id`;
  // Somebody may have wished for something in the moment that the organisation was suspended.
  const mayRun = sql`${whatsappSession.organisationId} in (select organisation_id from tenancy where status = 'ACTIVE')`;
  return await tx.db
    .select()
    .from(whatsappSession)
    .where(and(eq(whatsappSession.holder, holder), or(eq(whatsappSession.goal, "STOPPED"), mayRun)));
};

/** Lets go of sessions, so that they can be taken at once. */
export const releaseSessions = async (tx: Tx, holder: string, ids: readonly string[] | null): Promise<void> => {
  const wanted = ids === null ? null : [...ids];
  await tx.sql`
    update whatsapp_session set holder = null, lease_until = null
     where holder = ${holder} and (${wanted}::uuid[] is null or id = any(${wanted}::uuid[]))`;
};
