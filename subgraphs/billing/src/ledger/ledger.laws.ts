import { explainConstraint, Fault, NotFoundFault } from "@tollgate/kit";
import { ACCOUNTS, type Account } from "./ledger.schema.js";

/** What each book adds to when so much is posted on it: its own column, and of WALLET and HOLDS what they are together. */
const POSTED_ON: Record<Account, readonly string[]> = {
  WALLET: ["posted"],
  HOLDS: ["posted", "held"],
  REVENUE: ["revenue"],
  TAX: ["tax"],
  RECEIVABLE: ["receivable"],
  PROVIDER_CLEARING: ["provider_clearing"],
  PROMOTIONS: ["promotions"],
  WRITE_OFF: ["write_off"],
};

const postOn = (account: Account): string => {
  const columns = POSTED_ON[account];
  const before = account === "WALLET" ? "w.posted - w.held" : `w.${columns.at(-1)}`;
  const adding = columns.map((column) => `w.${column} := w.${column} + amounts[nth];`);
  return `when '${account}' then was := ${before}; ${adding.join(" ")}`;
};

/** Posts leg `nth` on the wallet's row `w` in memory, and notes in `was` how its book stood before. */
const POST_LEG = `case accounts[nth]
    ${ACCOUNTS.map(postOn).join("\n    ")}
  end case;
  if of_invoices[nth] then w.invoiced := w.invoiced - amounts[nth]; end if;
  w.postings := w.postings + 1;`;

/** Writes the row `w` as it stands after its postings. */
const KEEP_WALLET = `update wallet set posted = w.posted, held = w.held, receivable = w.receivable,
    invoiced = w.invoiced, revenue = w.revenue, provider_clearing = w.provider_clearing, tax = w.tax,
    promotions = w.promotions, write_off = w.write_off, postings = w.postings
  where id = w.id;`;

/**
 * The books' functions and triggers. Entries, postings and wallets are written by these functions alone: the login role
 * may only read the tables, and row-level security holds inside the functions as well.
 */
export const LEDGER_STATEMENTS: readonly string[] = [
  `create or replace function open_wallets(organisations uuid[], wallet_currency text) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     perform pg_advisory_xact_lock_shared(hashtextextended('billing: wallets come to be', 0));
     insert into wallet (organisation_id, currency, state)
       select o.id, wallet_currency,
           case when exists (select 1 from wallet w where w.organisation_id = o.id and w.state = 'CLOSED')
             then 'CLOSED' else 'ACTIVE' end
         from unnest(organisations) o(id) order by o.id
       on conflict (organisation_id, currency) do nothing;
   end $body$`,

  // Several entries at once, all of them or none; leg_entries says which of them each leg is of. Wallets are locked in the
  // order of their ids, so that nobody waits in a circle. Rows are looked up one by one by their keys, and legs worked out
  // in memory, each gone through once: plans are made once, and are as quick for many wallets as for few.
  `create or replace function post_entries(entries uuid[], organisations uuid[], kinds text[], descriptions text[],
     ats timestamptz[], reverses uuid[], reason_kinds text[], reasons uuid[], leg_entries int[], wallets uuid[],
     accounts text[], amounts bigint[], of_invoices boolean[] default null) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   declare
     w wallet; was bigint; nth int; in_order int[];
     owners uuid[]; currencies text[]; positions bigint[]; balances bigint[];
   begin
     if (wallets[1] = all(wallets)) is not true then
       in_order := array(select u.nth from unnest(wallets) with ordinality u(id, nth) order by u.id, u.nth);
     end if;
     for turn in 1..cardinality(wallets) loop
       nth := coalesce(in_order[turn], turn);
       if turn = 1 or w.id is distinct from wallets[nth] then
         if turn > 1 then
           ${KEEP_WALLET}
         end if;
         select * into w from wallet where id = wallets[nth] for update;
         if not found then
           raise exception 'unknown wallet' using errcode = 'foreign_key_violation', constraint = 'posting_wallet_fk';
         end if;
         if w.state = 'CLOSED' then
           raise exception 'a wallet is closed' using errcode = 'check_violation', constraint = 'wallet_closed_check';
         end if;
       end if;
       ${POST_LEG}
       owners[nth] := w.organisation_id;
       currencies[nth] := w.currency;
       positions[nth] := w.postings;
       balances[nth] := was;
     end loop;
     ${KEEP_WALLET}
     insert into entry (id, organisation_id, kind, description, event_at, reverses_id, reason_kind, reason_id)
       select * from unnest(entries, organisations, kinds, descriptions, ats, reverses, reason_kinds, reasons);
     insert into posting (organisation_id, entry_organisation_id, entry_id, wallet_id, position, currency, account,
         amount, balance_before, balance_after, on_invoice)
       select owner, organisations[of_entry], entries[of_entry], wallet_id, position, currency, account, amount, balance,
           balance + amount, coalesce(on_invoice, false)
         from unnest(leg_entries, owners, wallets, positions, currencies, accounts, amounts, balances, of_invoices)
                l(of_entry, owner, wallet_id, position, currency, account, amount, balance, on_invoice);
   end $body$`,

  "drop function if exists post_entry(uuid, uuid, text, text, timestamptz, uuid, uuid[], text[], bigint[])",
  `create or replace function post_entry(entry_id uuid, organisation uuid, entry_kind text, entry_description text,
     happened_at timestamptz, reversed uuid, wallets uuid[], accounts text[], amounts bigint[],
     because_kind text default null, because_id uuid default null, of_invoices boolean[] default null) returns void
   language plpgsql security definer set search_path = billing, pg_temp as $body$
   begin
     perform post_entries(array[entry_id], array[organisation], array[entry_kind], array[entry_description],
       array[happened_at], array[reversed], array[because_kind], array[because_id],
       array_fill(1, array[cardinality(wallets)]), wallets, accounts, amounts, of_invoices);
   end $body$`,

  // Two guards: what one statement posts must balance in itself (cheap: no table is read), so that nothing can be added
  // to an old entry; and when the transaction ends, every new entry has postings.
  `create or replace function check_postings_balance() returns trigger
   language plpgsql set search_path = billing, pg_temp as $body$
   begin
     if exists (select 1 from written group by entry_id, currency having sum(amount) <> 0) then
       raise exception 'the postings do not balance' using errcode = 'check_violation', constraint = 'entry_balances';
     end if;
     return null;
   end $body$`,
  `create or replace trigger postings_balance after insert on posting referencing new table as written
     for each statement execute function check_postings_balance()`,
  `create or replace function check_entry_balances() returns trigger
   language plpgsql set search_path = billing, pg_temp as $body$
   begin
     if not exists (select from posting where entry_id = new.id) then
       raise exception 'entry % has no postings: it does not balance', new.id
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
