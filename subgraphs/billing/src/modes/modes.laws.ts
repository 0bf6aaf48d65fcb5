/** How much credit a wallet has; written by this function alone, and guarded by the wallet's own wall. */
export const MODE_STATEMENTS: readonly string[] = [
  `create or replace function set_credit_limit(of_wallet uuid, next_limit bigint) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     update wallet set credit_limit = next_limit where id = of_wallet and credit_limit <> next_limit;
   end $body$`,
];
