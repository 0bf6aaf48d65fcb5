/**
 * A machine never has two stretches at once: it would be charged twice. Stretches are written when machines change, not when
 * they are charged, so asking each of them costs charging nothing. An empty stretch is at no time, and beside any other.
 */
export const RUN_STATEMENTS: readonly string[] = [
  `create or replace function refuse_run_beside() returns trigger
   language plpgsql set search_path = billing, pg_temp as $body$
   begin
     if exists (select from run r where r.vm_id = new.vm_id and r.id <> new.id
         and tstzrange(r.from_at, r.to_at) && tstzrange(new.from_at, new.to_at)) then
       raise exception 'a machine has two stretches at once'
         using errcode = 'exclusion_violation', constraint = 'run_beside_check', table = 'run';
     end if;
     return null;
   end $body$`,
  `create or replace trigger run_beside_check after insert or update of vm_id, from_at, to_at on run
     for each row execute function refuse_run_beside()`,
];
