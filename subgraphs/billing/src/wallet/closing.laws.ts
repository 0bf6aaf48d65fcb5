import { explainConstraint, ForbiddenFault } from "@tollgate/kit";

/** How wallets end: for good, empty, and with everything that could fill them refused from then on. */
export const CLOSING_STATEMENTS: readonly string[] = [
  `create or replace function lock_wallets_of(organisation uuid) returns setof wallet
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     return query select * from wallet where organisation_id = organisation order by id for update;
   end $body$`,
  `create or replace function close_wallets(organisation uuid) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     if exists (select 1 from wallet where organisation_id = organisation
                  and (posted <> 0 or held <> 0 or receivable <> 0)) then
       raise exception 'a wallet is not empty' using errcode = 'check_violation', constraint = 'wallet_empty_check';
     end if;
     update wallet set state = 'CLOSED', warned_hours = null, grace_ends_at = null where organisation_id = organisation;
   end $body$`,
];

explainConstraint(
  "wallet_closed_check",
  () => new ForbiddenFault("This organisation is closed, and its wallet with it.", "ORGANISATION_CLOSED"),
);
