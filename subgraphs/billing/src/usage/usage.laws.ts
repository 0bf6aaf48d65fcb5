import { CHARGING_STATEMENTS } from "./charging.laws.js";
import { RUN_STATEMENTS } from "./runs.laws.js";

/** How a wallet stands; wallets and holds are written by such functions alone. */
export const USAGE_STATEMENTS: readonly string[] = [
  // Holds before their wallet, as whoever settles a hold does, so that nobody waits in a circle.
  `create or replace function lock_reserves(of_wallet uuid) returns setof hold
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     return query select * from hold
       where wallet_id = of_wallet and state = 'OPEN' and kind <> 'ORDER' order by id for update;
   end $body$`,

  `create or replace function lock_reserves_of(organisation uuid) returns setof hold
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     return query select * from hold
       where wallet_id in (select w.id from wallet w where w.organisation_id = organisation)
         and state = 'OPEN' and kind <> 'ORDER' order by id for update;
   end $body$`,

  `create or replace function set_standing(of_wallet uuid, next_state text, warned int, grace_ends timestamptz)
   returns void language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     update wallet set state = next_state, warned_hours = warned, grace_ends_at = grace_ends where id = of_wallet;
   end $body$`,

  ...CHARGING_STATEMENTS,
  ...RUN_STATEMENTS,

  "drop function if exists charge_usage(uuid, uuid, uuid, bigint, uuid[], bigint[], bigint, text, timestamptz)",
];
