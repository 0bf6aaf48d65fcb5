import { explainConstraint, Fault } from "@tollgate/kit";

/** Holds are written by these functions alone, each with its entries in the books. Several are all done, or none. */
export const HOLD_STATEMENTS: readonly string[] = [
  // A hold of nothing has no entry.
  `create or replace function place_holds(holds uuid[], entries uuid[], organisations uuid[], of_wallets uuid[],
     hold_kinds text[], hold_amounts bigint[], of_orders uuid[], of_vms uuid[], descriptions text[], ats timestamptz[])
     returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   declare
     n int := 0; ids uuid[]; owners uuid[]; names text[]; happened timestamptz[]; reason_kinds text[]; reasons uuid[];
     leg_entries int[]; wallets uuid[]; accounts text[]; amounts bigint[];
   begin
     for nth in 1..cardinality(holds) loop
       continue when hold_amounts[nth] = 0;
       n := n + 1;
       ids[n] := entries[nth];
       owners[n] := organisations[nth];
       names[n] := descriptions[nth];
       happened[n] := ats[nth];
       reason_kinds[n] := case when of_orders[nth] is not null then 'ORDER' end;
       reasons[n] := of_orders[nth];
       leg_entries := leg_entries || array[n, n];
       wallets := wallets || array[of_wallets[nth], of_wallets[nth]];
       accounts := accounts || array['WALLET', 'HOLDS'];
       amounts := amounts || array[-hold_amounts[nth], hold_amounts[nth]];
     end loop;
     if n > 0 then
       perform post_entries(ids, owners, array_fill('HOLD'::text, array[n]), names, happened,
         array_fill(null::uuid, array[n]), reason_kinds, reasons, leg_entries, wallets, accounts, amounts);
     end if;
     insert into hold (id, organisation_id, wallet_id, kind, amount, order_id, vm_id, created_at)
       select * from unnest(holds, organisations, of_wallets, hold_kinds, hold_amounts, of_orders, of_vms, ats);
   end $body$`,

  // Takes of each hold, into revenue and tax, and gives back the rest where that has a description; an ended hold is left
  // as it is. Holds are locked in the order of their ids, and before wallets, so that nobody waits in a circle.
  `create or replace function settle_holds(hold_ids uuid[], capture_entries uuid[], release_entries uuid[],
     captures bigint[], taxes bigint[], capture_kinds text[], capture_descriptions text[], release_descriptions text[],
     ats timestamptz[]) returns boolean[]
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   declare
     h hold; rest bigint; n int := 0; settled boolean[]; ids uuid[]; owners uuid[]; kinds text[]; names text[];
     happened timestamptz[]; reason_kinds text[]; reasons uuid[];
     leg_entries int[]; wallets uuid[]; accounts text[]; amounts bigint[];
   begin
     if cardinality(hold_ids) > 1 then
       perform from hold where id = any(hold_ids) order by id for update;
     end if;
     for nth in 1..cardinality(hold_ids) loop
       select * into h from hold where id = hold_ids[nth] for update;
       if not found then raise exception 'unknown hold' using errcode = 'foreign_key_violation'; end if;
       settled[nth] := h.state = 'OPEN';
       continue when not settled[nth];
       rest := h.amount - h.captured - captures[nth];
       if rest < 0 then
         raise exception 'more than the hold has left'
           using errcode = 'check_violation', constraint = 'hold_amount_check';
       end if;
       if captures[nth] > 0 then
         n := n + 1;
         ids[n] := capture_entries[nth];
         owners[n] := h.organisation_id;
         kinds[n] := capture_kinds[nth];
         names[n] := capture_descriptions[nth];
         happened[n] := ats[nth];
         reason_kinds[n] := case when h.order_id is not null then 'ORDER' end;
         reasons[n] := h.order_id;
         leg_entries := leg_entries || array[n, n];
         wallets := wallets || array[h.wallet_id, h.wallet_id];
         accounts := accounts || array['HOLDS', 'REVENUE'];
         amounts := amounts || array[-captures[nth], captures[nth] - taxes[nth]];
         if taxes[nth] <> 0 then
           leg_entries := leg_entries || n;
           wallets := wallets || h.wallet_id;
           accounts := accounts || 'TAX'::text;
           amounts := amounts || taxes[nth];
         end if;
       end if;
       if rest > 0 and release_descriptions[nth] is not null then
         n := n + 1;
         ids[n] := release_entries[nth];
         owners[n] := h.organisation_id;
         kinds[n] := 'RELEASE';
         names[n] := release_descriptions[nth];
         happened[n] := ats[nth];
         reason_kinds[n] := case when h.order_id is not null then 'ORDER' end;
         reasons[n] := h.order_id;
         leg_entries := leg_entries || array[n, n];
         wallets := wallets || array[h.wallet_id, h.wallet_id];
         accounts := accounts || array['HOLDS', 'WALLET'];
         amounts := amounts || array[-rest, rest];
         rest := 0;
       end if;
       h.captured := h.captured + captures[nth];
       update hold set captured = h.captured, captured_tax = h.captured_tax + taxes[nth],
           state = case when rest > 0 then 'OPEN' when h.captured > 0 then 'CAPTURED' else 'RELEASED' end,
           ended_at = case when rest = 0 then ats[nth] end
         where id = h.id;
     end loop;
     if n > 0 then
       perform post_entries(ids, owners, kinds, names, happened, array_fill(null::uuid, array[n]), reason_kinds, reasons,
         leg_entries, wallets, accounts, amounts);
     end if;
     return settled;
   end $body$`,

  "drop function if exists settle_hold(uuid, uuid, uuid, bigint, text, boolean, text, timestamptz)",
  "drop function if exists settle_hold(uuid, uuid, uuid, bigint, text, text, text, timestamptz)",
  `create or replace function place_hold(hold_id uuid, entry_id uuid, organisation uuid, of_wallet uuid, hold_kind text,
     hold_amount bigint, of_order uuid, of_vm uuid, description text, at timestamptz) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     perform place_holds(array[hold_id], array[entry_id], array[organisation], array[of_wallet], array[hold_kind],
       array[hold_amount], array[of_order], array[of_vm], array[description], array[at]);
   end $body$`,
  `create or replace function settle_hold(hold_id uuid, capture_entry uuid, release_entry uuid, capture_amount bigint,
     capture_kind text, capture_description text, release_description text, at timestamptz,
     tax_amount bigint default 0) returns boolean
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     return (settle_holds(array[hold_id], array[capture_entry], array[release_entry], array[capture_amount],
       array[tax_amount], array[capture_kind], array[capture_description], array[release_description], array[at]))[1];
   end $body$`,

  `create or replace function lock_wallet(of_wallet uuid) returns setof wallet
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     return query select * from wallet where id = of_wallet for update;
   end $body$`,
  `create or replace function lock_wallets(of_wallets uuid[]) returns setof wallet
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     return query select * from wallet where id = any(of_wallets) order by id for update;
   end $body$`,
];

explainConstraint(
  "hold_amount_check",
  () => new Fault("INSUFFICIENT_FUNDS", "Not so much is left of what was set aside."),
);
