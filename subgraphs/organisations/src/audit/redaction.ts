import { type AuditRecord, type EventHandler, isId, type Person, type Tx } from "@tollgate/kit";
import { ORIGIN_DIGEST, VALUES_DIGEST } from "./chain.js";

/**
 * Takes an erased person out of the trail, which nobody may change otherwise: from where and with what they acted, and
 * the old and new values of entries about them. Ids, actions and times stay. Digests take the place of the values, so
 * that the chain holds; without the salt they tell nothing. That somebody was erased stays readable.
 */
export const REDACTION_STATEMENTS = [
  `create or replace function redact_audit(person uuid, mail text) returns bigint
   language plpgsql security definer set search_path = "organisations", pg_temp as $body$
   declare redacted bigint;
   begin
     update audit_entry e set origin_digest = ${ORIGIN_DIGEST}, origin_salt = null, address = null, user_agent = null
       where e.actor_id = person and (e.address is not null or e.user_agent is not null);
     get diagnostics redacted = row_count;
     update audit_entry e set values_digest = ${VALUES_DIGEST}, values_salt = null, before = null, after = null
       where (e.before is not null or e.after is not null) and e.action <> 'user:erase'
         and (e.resource_id = person::text
              or e.actor_id = person and e.resource in ('session', 'user', 'dataExport')
              or mail is not null and position(lower(mail) in lower(concat(e.before, e.after))) > 0);
     return redacted;
   end $body$`,
];

/** @returns how many entries no longer tell from where they came. */
export const redactPerson = async (tx: Tx, { userId, email }: Person): Promise<number> => {
  const [row] = await tx.sql<{ redacted: bigint }[]>`select redact_audit(${userId}, ${email}) as redacted`;
  return Number(row?.redacted ?? 0n);
};

/** Whether one of these ids is a person who was erased. */
const erasedAmong = async (tx: Tx, ids: readonly string[]): Promise<string[]> => {
  if (ids.length === 0) return [];
  const rows = await tx.sql<{ id: string }[]>`
    select user_id as id from person where user_id = any(${[...ids]}::uuid[]) and status = 'ERASED'`;
  return rows.map(({ id }) => id);
};

/** Keeps a record as the trail does, and takes out at once whom it names where they were erased before it came. */
export const keepRedacted =
  (keep: EventHandler): EventHandler =>
  async (tx, event) => {
    await keep(tx, event);
    const { actorId, resourceId } = event.payload as AuditRecord; // written by the kit's `audit`, in whichever subgraph
    const named = [actorId, resourceId].filter((id): id is string => id !== null && isId(id));
    for (const userId of await erasedAmong(tx, named)) await redactPerson(tx, { userId, email: null });
  };
