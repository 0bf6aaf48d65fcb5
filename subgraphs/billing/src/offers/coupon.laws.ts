/**
 * Who may use a coupon does not see it, so it is found and counted by functions that know its code. They read past the
 * policies, with a scope of their own: the organisation must be in the transaction's.
 */
export const COUPON_STATEMENTS: readonly string[] = [
  // The nearest issuer first. `used` are the organisation's own uses.
  `create or replace function coupons_for(of_organisation uuid, wanted text)
   returns table (id uuid, issuer_id uuid, code text, uses text[], basis_points int, amount bigint, currency text,
     minimum bigint, max_redemptions int, max_per_organisation int, redemptions int, starts_at timestamptz,
     ends_at timestamptz, used bigint)
   language sql stable security definer set search_path = billing, pg_temp as $body$
     select c.id, c.organisation_id, c.code, c.uses, c.basis_points, c.amount, c.currency, c.minimum, c.max_redemptions,
         c.max_per_organisation, c.redemptions, c.starts_at, c.ends_at,
         (select count(*) from coupon_redemption r
           where r.coupon_id = c.id and r.organisation_id = of_organisation and r.released_at is null)
       from tenancy t
       cross join lateral unnest(string_to_array(trim(both '/' from t.path), '/')::uuid[])
         with ordinality as above(organisation_id, depth)
       join coupon c on c.organisation_id = above.organisation_id and c.code = wanted
      where t.organisation_id = of_organisation and above.organisation_id <> of_organisation
        and starts_with(t.path, nullif(current_setting('tollgate.path', true), ''))
      order by above.depth desc
   $body$`,

  // The coupon's row is locked before its uses are counted, so that there are never more than it allows. For what used it
  // already it is the same use again. Null: it cannot be used any more.
  `create or replace function redeem_coupon(redemption uuid, of_coupon uuid, of_organisation uuid, used_for text,
     user_id uuid, given bigint, given_currency text, at timestamptz) returns uuid
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   declare c coupon%rowtype; before coupon_redemption%rowtype; used bigint;
   begin
     select * into c from coupon where id = of_coupon for update;
     if not found or not exists (
       select 1 from tenancy t join tenancy i on i.organisation_id = c.organisation_id
        where t.organisation_id = of_organisation and t.path <> i.path and starts_with(t.path, i.path)
          and starts_with(t.path, nullif(current_setting('tollgate.path', true), ''))) then
       return null;
     end if;
     select * into before from coupon_redemption r where r.coupon_id = of_coupon and r.used_for_id = user_id;
     if before.id is not null and before.released_at is null then return before.id; end if;
     select count(*) into used from coupon_redemption r
      where r.coupon_id = of_coupon and r.organisation_id = of_organisation and r.released_at is null;
     if not (used_for = any(c.uses)) or c.starts_at > at or c.ends_at <= at
       or c.redemptions >= c.max_redemptions or used >= c.max_per_organisation then
       return null;
     end if;
     update coupon set redemptions = redemptions + 1 where id = of_coupon;
     if before.id is not null then
       update coupon_redemption r set released_at = null, discount = given, currency = given_currency, redeemed_at = at
        where r.id = before.id;
       return before.id;
     end if;
     insert into coupon_redemption (id, organisation_id, issuer_organisation_id, coupon_id, use, used_for_id, discount, currency, redeemed_at)
       values (redemption, of_organisation, c.organisation_id, of_coupon, used_for, user_id, given, given_currency, at);
     return redemption;
   end $body$`,

  // Whether anybody above the organisation, itself or anybody below has made one with this code, usable or not.
  `create or replace function coupon_known(of_organisation uuid, wanted text) returns boolean
   language sql stable security definer set search_path = billing, pg_temp as $body$
     select exists (
       select 1 from tenancy t cross join coupon c join tenancy i on i.organisation_id = c.organisation_id
        where t.organisation_id = of_organisation and c.code = wanted
          and (starts_with(t.path, i.path) or starts_with(i.path, t.path))
          and starts_with(t.path, nullif(current_setting('tollgate.path', true), '')))
   $body$`,

  // What used it failed. Once; again changes nothing.
  `create or replace function release_coupon(of_redemption uuid, at timestamptz) returns boolean
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   declare of_coupon uuid;
   begin
     select r.coupon_id into of_coupon from coupon_redemption r where r.id = of_redemption;
     perform 1 from coupon c where c.id = of_coupon for update;
     update coupon_redemption r set released_at = at where r.id = of_redemption and r.released_at is null;
     if not found then return false; end if;
     update coupon set redemptions = redemptions - 1 where id = of_coupon;
     return true;
   end $body$`,
];
