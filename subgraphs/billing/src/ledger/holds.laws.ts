import { explainConstraint, Fault } from "@tollgate/kit";

/** Holds are written by these functions alone, each with its entry in the books. */
export const HOLD_STATEMENTS: readonly string[] = [
  `create or replace function place_hold(hold_id uuid, entry_id uuid, organisation uuid, of_wallet uuid, hold_kind text,
     hold_amount bigint, of_order uuid, of_vm uuid, description text, at timestamptz) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     if hold_amount > 0 then
       perform post_entry(entry_id, organisation, 'HOLD', description, at, null, array[of_wallet, of_wallet],
         array['WALLET', 'HOLDS'], array[-hold_amount, hold_amount],
         case when of_order is not null then 'ORDER' end, of_order);
     end if;
     insert into hold (id, organisation_id, wallet_id, kind, amount, order_id, vm_id, created_at)
       values (hold_id, organisation, of_wallet, hold_kind, hold_amount, of_order, of_vm, at);
   end $body$`,

  // Takes of a hold, into revenue and tax, and gives back the rest where that has a description; an ended hold is left as
  // it is.
  "drop function if exists settle_hold(uuid, uuid, uuid, bigint, text, boolean, text, timestamptz)",
  "drop function if exists settle_hold(uuid, uuid, uuid, bigint, text, text, text, timestamptz)",
  `create or replace function settle_hold(hold_id uuid, capture_entry uuid, release_entry uuid, capture_amount bigint,
     capture_kind text, capture_description text, release_description text, at timestamptz,
     tax_amount bigint default 0) returns boolean
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   declare h hold%rowtype; rest bigint; release_rest boolean := release_description is not null; because text;
   begin
     select * into h from hold where id = hold_id for update;
     if not found then raise exception 'unknown hold' using errcode = 'foreign_key_violation'; end if;
     if h.state <> 'OPEN' then return false; end if;
     rest := h.amount - h.captured - capture_amount;
     if rest < 0 then
       raise exception 'more than the hold has left' using errcode = 'check_violation', constraint = 'hold_amount_check';
     end if;
     because := case when h.order_id is not null then 'ORDER' end;
     if capture_amount > 0 then
       perform post_entry(capture_entry, h.organisation_id, capture_kind, capture_description, at, null,
         array_fill(h.wallet_id, array[case when tax_amount = 0 then 2 else 3 end]),
         array['HOLDS', 'REVENUE'] || case when tax_amount = 0 then '{}'::text[] else array['TAX'] end,
         array[-capture_amount, capture_amount - tax_amount]
           || case when tax_amount = 0 then '{}'::bigint[] else array[tax_amount] end,
         because, h.order_id);
     end if;
     if release_rest and rest > 0 then
       perform post_entry(release_entry, h.organisation_id, 'RELEASE', release_description, at, null,
         array[h.wallet_id, h.wallet_id], array['HOLDS', 'WALLET'], array[-rest, rest], because, h.order_id);
     end if;
     update hold set captured = captured + capture_amount, captured_tax = captured_tax + tax_amount,
         state = case when not release_rest and rest > 0 then 'OPEN'
           when captured + capture_amount > 0 then 'CAPTURED' else 'RELEASED' end,
         ended_at = case when not release_rest and rest > 0 then null else at end
       where id = hold_id;
     return true;
   end $body$`,

  `create or replace function lock_wallet(of_wallet uuid) returns setof wallet
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     return query select * from wallet where id = of_wallet for update;
   end $body$`,
];

explainConstraint(
  "hold_amount_check",
  () => new Fault("INSUFFICIENT_FUNDS", "Not so much is left of what was set aside."),
);
