import { ConflictFault, explainConstraint } from "@tollgate/kit";

/** What may still change once an invoice has its number, and never backwards. */
const PAYMENT =
  "array['state', 'due', 'paid', 'credited', 'paid_at', 'voided_at', 'void_reason', 'reminders_sent', 'reminded_at']";

/** Numbers without gaps, and documents that stay as they were issued, whatever code of ours does. */
export const INVOICE_STATEMENTS: readonly string[] = [
  // The issuer may be out of the caller's sight: whoever charges a customer gives out a number of the organisation above.
  // Its row stays locked until numbers are committed with their documents, so none is left out or given twice.
  // Gives the last of those wanted.
  "drop function if exists next_document_number(uuid, text, int)",
  `create or replace function next_document_numbers(issuer uuid, of_kind text, of_year int, how_many int) returns int
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   declare given int;
   begin
     if how_many < 1 then
       raise exception 'numbers are counted upwards' using errcode = 'check_violation', constraint = 'document_counter_check';
     end if;
     insert into document_counter as c (organisation_id, kind, year, last) values (issuer, of_kind, of_year, how_many)
       on conflict (organisation_id, kind, year) do update set last = c.last + how_many returning c.last into given;
     return given;
   end $body$`,

  `create or replace function guard_invoice() returns trigger
   language plpgsql set search_path = billing, pg_temp as $body$
   declare lines bigint; taxes bigint;
   begin
     if tg_op = 'DELETE' then
       raise exception 'an invoice is never removed' using errcode = 'check_violation', constraint = 'invoice_immutable';
     end if;
     if old.state = 'DRAFT' then
       if new.state in ('ISSUED', 'PAID') then
         select coalesce(sum(amount) filter (where kind <> 'TAX'), 0), coalesce(sum(amount) filter (where kind = 'TAX'), 0)
           into lines, taxes from invoice_line where invoice_id = new.id;
         if lines <> new.subtotal or taxes <> new.tax then
           raise exception 'the lines do not add up' using errcode = 'check_violation', constraint = 'invoice_adds_up';
         end if;
       end if;
       return new;
     end if;
     if to_jsonb(new) - ${PAYMENT} is distinct from to_jsonb(old) - ${PAYMENT}
         or new.paid < old.paid or new.credited < old.credited or new.due > old.due
         or new.reminders_sent < old.reminders_sent
         or (new.state <> old.state and not (old.state = 'ISSUED' and new.state in ('PAID', 'VOID')))
         or (old.state = 'PAID' and (new.paid <> old.paid or new.paid_at <> old.paid_at))
         or (old.state = 'VOID' and new is distinct from old) then
       raise exception 'an issued invoice does not change' using errcode = 'check_violation', constraint = 'invoice_immutable';
     end if;
     return new;
   end $body$`,
  `create or replace trigger invoice_guard before update or delete on invoice
     for each row execute function guard_invoice()`,

  `create or replace function guard_invoice_line() returns trigger
   language plpgsql set search_path = billing, pg_temp as $body$
   begin
     if not exists (select 1 from invoice where id = new.invoice_id and state = 'DRAFT') then
       raise exception 'an issued invoice does not change' using errcode = 'check_violation', constraint = 'invoice_immutable';
     end if;
     return new;
   end $body$`,
  `create or replace trigger invoice_line_guard before insert on invoice_line
     for each row execute function guard_invoice_line()`,

  ...["invoice_line", "credit_note"].map(
    (table) => `create or replace trigger ${table}_append_only before update or delete on ${table}
       for each row execute function refuse_change()`,
  ),
  ...["invoice", "invoice_line", "credit_note"].map(
    (table) => `create or replace trigger ${table}_never_emptied before truncate on ${table}
       for each statement execute function refuse_change()`,
  ),
];

explainConstraint("invoice_immutable", () => new ConflictFault("An issued invoice does not change."));
