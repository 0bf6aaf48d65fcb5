import type { Laws } from "@tollgate/kit";

/** Days that an entry stays whatever the settings say: nobody removes what happened lately. */
export const SHORTEST_RETENTION_DAYS = 365;

/**
 * The trail, its chain and what proves them are only ever added to. The one way out is the function below, and it takes
 * a beginning that is old, whose end a checkpoint names; verification finds a checkpoint that was not signed by us.
 */
export const auditLaws: Laws = {
  appendOnly: ["audit_entry", "audit_link", "audit_anchor", "audit_checkpoint"],
  statements: [
    `create or replace function forget_audit(organisation uuid, last bigint) returns bigint
     language plpgsql security definer set search_path = "organisations", pg_temp as $body$
     declare removed bigint;
     begin
       if not exists (select 1 from audit_checkpoint c where c.organisation_id = organisation and c.position = last) then
         raise exception 'no checkpoint at %', last;
       end if;
       if not exists (select 1 from audit_link l where l.organisation_id = organisation and l.position > last) then
         raise exception 'the end of a chain stays';
       end if;
       if exists (select 1 from audit_link l join audit_entry e on e.id = l.entry_id
                   where l.organisation_id = organisation and l.position <= last
                     and e.at > now() - interval '${SHORTEST_RETENTION_DAYS} days') then
         raise exception 'too young to be removed';
       end if;
       delete from audit_entry e using audit_link l
        where l.organisation_id = organisation and l.position <= last and e.id = l.entry_id;
       delete from audit_anchor a where a.organisation_id = organisation and a.position < last;
       delete from audit_link l where l.organisation_id = organisation and l.position <= last;
       get diagnostics removed = row_count;
       return removed;
     end $body$`,
  ],
};
