/** The legs of hours of use, from what paid each of them. */
const LEGS = `
  (select c.nth, l.leg, c.entry, c.organisation, c.wallet_id, l.account, l.amount
     from unnest(entries, organisations, wallets, wallet_parts, hold_parts, debts, taxes) with ordinality
            c(entry, organisation, wallet_id, wallet_part, hold_part, debt, tax_part, nth)
     cross join lateral (values (1, 'WALLET', -c.wallet_part), (2, 'HOLDS', -c.hold_part), (3, 'RECEIVABLE', -c.debt),
       (4, 'REVENUE', c.wallet_part + c.hold_part + c.debt - c.tax_part), (5, 'TAX', c.tax_part)) l(leg, account, amount)
    where l.amount <> 0)`;

/** What the legs add to the columns of their wallet: `posted` is WALLET and HOLDS together. */
const SUMS = `
  coalesce(sum(amount) filter (where account in ('WALLET', 'HOLDS')), 0) as posted,
  coalesce(sum(amount) filter (where account = 'HOLDS'), 0) as held,
  coalesce(sum(amount) filter (where account = 'RECEIVABLE'), 0) as receivable,
  coalesce(sum(amount) filter (where account = 'REVENUE'), 0) as revenue,
  coalesce(sum(amount) filter (where account = 'TAX'), 0) as tax, count(*) as postings`;

/** The running balance of a leg's book on its wallet's row `w`. */
const BALANCE = `case account
  when 'WALLET' then w.posted - w.held when 'HOLDS' then w.held when 'RECEIVABLE' then w.receivable
  when 'REVENUE' then w.revenue when 'TAX' then w.tax end`;

/** How hours of many organisations are charged in few statements; wallets and holds are written by such functions alone. */
export const CHARGING_STATEMENTS: readonly string[] = [
  // Holds before wallets, each in the order of their ids, as whoever settles a hold does: nobody waits in a circle.
  `create or replace function lock_purses(wallets uuid[])
     returns table (hold_id uuid, wallet_id uuid, kind text, amount_left bigint)
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     perform 1 from hold h where h.wallet_id = any(wallets) and h.state = 'OPEN' and h.kind <> 'ORDER'
       order by h.id for update;
     perform 1 from wallet w where w.id = any(wallets) order by w.id for update;
     return query select h.id, h.wallet_id, h.kind, h.amount - h.captured from hold h
       where h.wallet_id = any(wallets) and h.state = 'OPEN' and h.kind <> 'ORDER' order by h.created_at, h.id;
   end $body$`,

  // One entry for each hour of an organisation: from its wallet, from its reserves, and the rest as a debt. The wallets
  // are locked already, and the hours of each come in their order.
  `create or replace function charge_hours(entries uuid[], organisations uuid[], wallets uuid[], wallet_parts bigint[],
     hold_parts bigint[], debts bigint[], taxes bigint[], descriptions text[], ends timestamptz[], because uuid[])
     returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     if exists (select 1 from wallet w where w.id = any(wallets) and w.state = 'CLOSED') then
       raise exception 'a wallet is closed' using errcode = 'check_violation', constraint = 'wallet_closed_check';
     end if;
     insert into entry (id, organisation_id, kind, description, event_at, reason_kind, reason_id)
       select e.id, e.organisation, 'USAGE', e.description, e.at, case when e.reason is not null then 'USAGE_RECORD' end,
           e.reason
         from unnest(entries, organisations, descriptions, ends, because) with ordinality
                e(id, organisation, description, at, reason, nth) order by e.nth;
     update wallet w set posted = w.posted + d.posted, held = w.held + d.held, receivable = w.receivable + d.receivable,
         revenue = w.revenue + d.revenue, tax = w.tax + d.tax, postings = w.postings + d.postings
       from (select wallet_id, ${SUMS} from ${LEGS} legs group by wallet_id) d
      where w.id = d.wallet_id;
     insert into posting (organisation_id, entry_organisation_id, entry_id, wallet_id, position, currency, account,
         amount, balance_before, balance_after)
       select w.organisation_id, l.organisation, l.entry, w.id, w.postings - l.left_in_wallet + 1, w.currency, l.account,
           l.amount, ${BALANCE} - l.left_in_book, ${BALANCE} - l.left_in_book + l.amount
         from (select *, count(*) over in_wallet as left_in_wallet, (sum(amount) over in_book)::bigint as left_in_book
                 from ${LEGS} legs
               window in_wallet as (partition by wallet_id order by nth, leg
                        rows between current row and unbounded following),
                      in_book as (partition by wallet_id, account order by nth, leg
                        rows between current row and unbounded following)) l
         join wallet w on w.id = l.wallet_id order by l.nth, l.leg;
   end $body$`,

  // What hours took of reserves; one that is used up ends with the hour that did it.
  `create or replace function spend_reserves(holds uuid[], amounts bigint[], ends timestamptz[]) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     update hold h set captured = h.captured + u.amount,
         state = case when h.captured + u.amount = h.amount then 'CAPTURED' else 'OPEN' end,
         ended_at = case when h.captured + u.amount = h.amount then u.at end
       from unnest(holds, amounts, ends) u(id, amount, at) where h.id = u.id;
   end $body$`,
];
