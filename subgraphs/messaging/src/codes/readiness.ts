import { announce, type Tx } from "@tollgate/kit";

/** The session of the operator that codes go out by; null where none is connected. */
export const codeSession = async (tx: Tx): Promise<string | null> => {
  const [row] = await tx.sql<{ id: string }[]>`
    select s.id from whatsapp_session s join tenancy t on t.organisation_id = s.organisation_id
     where t.parent_id is null and t.status = 'ACTIVE' and s.removed_at is null and s.goal = 'CONNECTED'
       and s.status = 'CONNECTED' order by s.connected_at, s.id limit 1`;
  return row?.id ?? null;
};

/**
 * Tells accounts whether codes can go out by WhatsApp, where one of these organisations is the operator. A session that
 * is connecting again counts: what is asked for meanwhile goes out in a moment, or by mail.
 */
export const tellReadiness = async (tx: Tx, organisationIds: readonly string[]): Promise<void> => {
  const [operator] = await tx.sql<{ id: string; ready: boolean }[]>`
    select t.organisation_id as id, exists (select 1 from whatsapp_session s where s.organisation_id = t.organisation_id
        and s.removed_at is null and s.goal = 'CONNECTED' and s.status in ('CONNECTED', 'CONNECTING', 'RECONNECTING')) as ready
      from tenancy t where t.parent_id is null and t.organisation_id = any(${[...organisationIds]}::uuid[])`;
  if (!operator) return;
  await announce(tx, "codeChannel.changed", {
    aggregateId: operator.id,
    organisationId: operator.id,
    payload: { channel: "WHATSAPP", isReady: operator.ready },
  });
};
