import { explainConstraint, Fault, NotFoundFault } from "@tollgate/kit";

/** What a book adds to the columns of its wallet: `posted` is WALLET and HOLDS together. */
export const SUMS = `
  coalesce(sum(amount) filter (where account in ('WALLET', 'HOLDS')), 0) as posted,
  coalesce(sum(amount) filter (where account = 'HOLDS'), 0) as held,
  coalesce(sum(amount) filter (where account = 'RECEIVABLE'), 0) as receivable,
  coalesce(-sum(amount) filter (where on_invoice), 0) as invoiced,
  coalesce(sum(amount) filter (where account = 'REVENUE'), 0) as revenue,
  coalesce(sum(amount) filter (where account = 'PROVIDER_CLEARING'), 0) as provider_clearing,
  coalesce(sum(amount) filter (where account = 'TAX'), 0) as tax,
  coalesce(sum(amount) filter (where account = 'PROMOTIONS'), 0) as promotions,
  coalesce(sum(amount) filter (where account = 'WRITE_OFF'), 0) as write_off,
  count(*) as postings`;

/** The running balance of a book on its wallet's row \`w\`. */
export const BALANCE = `case account
  when 'WALLET' then w.posted - w.held when 'HOLDS' then w.held when 'RECEIVABLE' then w.receivable
  when 'REVENUE' then w.revenue when 'PROVIDER_CLEARING' then w.provider_clearing when 'TAX' then w.tax
  when 'PROMOTIONS' then w.promotions when 'WRITE_OFF' then w.write_off end`;

/**
 * The books' functions and triggers. Entries, postings and wallets are written by these functions alone: the login role
 * may only read the tables, and row-level security holds inside the functions as well.
 */
export const LEDGER_STATEMENTS: readonly string[] = [
  `create or replace function open_wallets(organisations uuid[], wallet_currency text) returns void
   language plpgsql security definer set search_path = billing as $body$
   begin
     perform pg_advisory_xact_lock_shared(hashtextextended('billing: wallets come to be', 0));
     insert into wallet (organisation_id, currency, state)
       select o.id, wallet_currency,
           case when exists (select 1 from wallet w where w.organisation_id = o.id and w.state = 'CLOSED')
             then 'CLOSED' else 'ACTIVE' end
         from unnest(organisations) o(id) order by o.id
       on conflict (organisation_id, currency) do nothing;
   end $body$`,

  // Wallets are locked in the order of their ids, so that two entries never wait for each other.
  "drop function if exists post_entry(uuid, uuid, text, text, timestamptz, uuid, uuid[], text[], bigint[])",
  `create or replace function post_entry(entry_id uuid, organisation uuid, entry_kind text, entry_description text,
     happened_at timestamptz, reversed uuid, wallets uuid[], accounts text[], amounts bigint[],
     because_kind text default null, because_id uuid default null, of_invoices boolean[] default null) returns void
   language plpgsql security definer set search_path = billing as $body$
   declare known bigint; is_closed boolean;
   begin
     select count(*), bool_or(state = 'CLOSED') into known, is_closed
       from (select w.state from wallet w where w.id = any(wallets) order by w.id for update) locked;
     if known <> (select count(distinct id) from unnest(wallets) u(id)) then
       raise exception 'unknown wallet' using errcode = 'foreign_key_violation', constraint = 'posting_wallet_fk';
     end if;
     if is_closed then
       raise exception 'a wallet is closed' using errcode = 'check_violation', constraint = 'wallet_closed_check';
     end if;
     insert into entry (id, organisation_id, kind, description, event_at, reverses_id, reason_kind, reason_id)
       values (entry_id, organisation, entry_kind, entry_description, happened_at, reversed, because_kind, because_id);
     update wallet w set posted = w.posted + d.posted, held = w.held + d.held,
         receivable = w.receivable + d.receivable, invoiced = w.invoiced + d.invoiced, revenue = w.revenue + d.revenue,
         provider_clearing = w.provider_clearing + d.provider_clearing, tax = w.tax + d.tax,
         promotions = w.promotions + d.promotions, write_off = w.write_off + d.write_off,
         postings = w.postings + d.postings
       from (select wallet_id, ${SUMS}
               from unnest(wallets, accounts, amounts, of_invoices) u(wallet_id, account, amount, on_invoice)
              group by wallet_id) d
      where w.id = d.wallet_id;
     -- The wallet's row stands at its end by now: each leg's balance is that less what follows it in the same book.
     insert into posting (organisation_id, entry_organisation_id, entry_id, wallet_id, position, currency, account,
         amount, balance_before, balance_after, on_invoice)
       select w.organisation_id, organisation, entry_id, w.id, w.postings - l.left_in_wallet + 1, w.currency, l.account,
           l.amount, ${BALANCE} - l.left_in_book, ${BALANCE} - l.left_in_book + l.amount, coalesce(l.on_invoice, false)
         from (select *, count(*) over in_wallet as left_in_wallet, (sum(amount) over in_book)::bigint as left_in_book
                 from unnest(wallets, accounts, amounts, of_invoices) with ordinality
                        u(wallet_id, account, amount, on_invoice, nth)
               window in_wallet as (partition by wallet_id order by nth
                        rows between current row and unbounded following),
                      in_book as (partition by wallet_id, account order by nth
                        rows between current row and unbounded following)) l
         join wallet w on w.id = l.wallet_id order by l.nth;
   end $body$`,

  // Two guards: what one statement posts must balance in itself (cheap: no table is read), so that nothing can be added
  // to an old entry; and when the transaction ends, every new entry has its postings.
  `create or replace function check_postings_balance() returns trigger
   language plpgsql set search_path = billing as $body$
   begin
     if exists (select 1 from written group by entry_id, currency having sum(amount) <> 0) then
       raise exception 'the postings do not balance' using errcode = 'check_violation', constraint = 'entry_balances';
     end if;
     return null;
   end $body$`,
  `create or replace trigger postings_balance after insert on posting referencing new table as written
     for each statement execute function check_postings_balance()`,
  `create or replace function check_entry_balances() returns trigger
   language plpgsql set search_path = billing as $body$
   declare is_balanced boolean;
   begin
     select sum(n) >= 2 and bool_and(total = 0) into is_balanced
       from (select count(*) as n, sum(amount) as total from posting where entry_id = new.id group by currency) sums;
     if is_balanced is not true then
       raise exception 'entry % does not balance', new.id
         using errcode = 'check_violation', constraint = 'entry_balances';
     end if;
     return null;
   end $body$`,
  "drop trigger if exists entry_balances on entry",
  `create constraint trigger entry_balances after insert on entry deferrable initially deferred
     for each row execute function check_entry_balances()`,

  `create or replace function refuse_change() returns trigger language plpgsql as $body$
   begin
     raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
   end $body$`,
  ...["entry", "posting"].flatMap((table) => [
    `create or replace trigger ${table}_append_only before update or delete on ${table}
       for each row execute function refuse_change()`,
    `create or replace trigger ${table}_never_emptied before truncate on ${table}
       for each statement execute function refuse_change()`,
  ]),
];

explainConstraint(
  "wallet_available_check",
  () => new Fault("INSUFFICIENT_FUNDS", "There is not enough money in this wallet."),
);
explainConstraint("posting_wallet_fk", () => new NotFoundFault("wallet"));
