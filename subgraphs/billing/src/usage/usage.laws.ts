/** How use is paid and how a wallet stands; wallets and holds are written by such functions alone. */
export const USAGE_STATEMENTS: readonly string[] = [
  // Holds before their wallet, as whoever settles a hold does, so that nobody waits in a circle.
  `create or replace function lock_reserves(of_wallet uuid) returns setof hold
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     return query select * from hold
       where wallet_id = of_wallet and state = 'OPEN' and kind = 'MACHINE_RESERVE' order by id for update;
   end $body$`,

  // One entry for one hour of one organisation: from what is available, from reserves, and the rest as a debt.
  `create or replace function charge_usage(entry_id uuid, organisation uuid, of_wallet uuid, from_wallet bigint,
     holds uuid[], hold_amounts bigint[], owed bigint, description text, at timestamptz) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   declare
     from_holds bigint := coalesce((select sum(a) from unnest(hold_amounts) u(a)), 0);
     accounts text[]; amounts bigint[];
   begin
     select array_agg(account order by nth), array_agg(amount order by nth) into accounts, amounts
       from (values (1, 'WALLET', -from_wallet), (2, 'HOLDS', -from_holds), (3, 'RECEIVABLE', -owed),
                    (4, 'REVENUE', from_wallet + from_holds + owed)) legs(nth, account, amount)
      where amount <> 0;
     perform post_entry(entry_id, organisation, 'USAGE', description, at, null,
       array_fill(of_wallet, array[array_length(accounts, 1)]), accounts, amounts);
     update hold h set captured = h.captured + u.amount,
         state = case when h.captured + u.amount = h.amount then 'CAPTURED' else 'OPEN' end,
         ended_at = case when h.captured + u.amount = h.amount then at end
       from unnest(holds, hold_amounts) u(id, amount) where h.id = u.id and h.wallet_id = of_wallet;
   end $body$`,

  `create or replace function set_standing(of_wallet uuid, next_state text, warned int, grace_ends timestamptz)
   returns void language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     update wallet set state = next_state, warned_hours = warned, grace_ends_at = grace_ends where id = of_wallet;
   end $body$`,
];
