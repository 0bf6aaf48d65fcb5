import type { Currency, Tx } from "@tollgate/kit";
import type { WalletRow } from "../ledger/ledger.schema.js";

/** Entries older than this are not looked for any more: more than a year of downtime is no downtime. */
const LOOK_BACK = "400 days";

/** A wallet that is locked, and the end of the month that is billed on its organisation's calendar. */
export interface BilledWallet extends Pick<WalletRow, "id" | "organisationId"> {
  currency: Currency;
  to: Date;
  /** From when on what it paid was on credit; null: it was not. */
  creditSince: Date | null;
}

/** What a wallet paid for use that no invoice covers yet; minor units. */
export interface Uncovered {
  net: bigint;
  tax: bigint;
  /** Below zero where credit for something else, such as what is held, became a debt together with use. */
  onCredit: bigint;
  firstAt: Date;
  lastAt: Date;
}

interface Found {
  wallet_id: string;
  net: bigint;
  tax: bigint;
  on_credit: bigint;
  first_at: string;
  last_at: string;
}

/** Entries of use of the wallet `w` that no invoice covers yet, up to the end of the month: late ones of former months as well. */
const UNCOVERED = `
  from entry e
 where e.organisation_id = w.organisation_id and e.kind in ('USAGE', 'CAPTURE')
   and e.event_at <= w.to_at and e.event_at > w.to_at - interval '${LOOK_BACK}'
   and exists (select 1 from posting p where p.entry_id = e.id and p.wallet_id = w.id and p.account = 'REVENUE')
   and not exists (select 1 from invoice_entry i where i.entry_id = e.id)
   and not exists (select 1 from invoice b where b.entry_id = e.id)`;

/** What each of these wallets paid, in one statement; those with nothing to bill are left out. */
export const uncoveredOf = async (tx: Tx, wallets: readonly BilledWallet[]): Promise<Map<string, Uncovered>> => {
  const rows = await tx.sql<Found[]>`
    select w.id as wallet_id, s.*
      from unnest(${wallets.map(({ id }) => id)}::uuid[], ${wallets.map((one) => one.organisationId)}::uuid[],
             ${wallets.map(({ to }) => to.toISOString())}::text[]::timestamptz[],
             ${wallets.map(({ creditSince }) => creditSince?.toISOString() ?? "infinity")}::text[]::timestamptz[])
             w(id, organisation_id, to_at, credit_since)
      cross join lateral (
        select coalesce(sum(p.amount) filter (where p.account = 'REVENUE'), 0)::bigint as net,
            coalesce(sum(p.amount) filter (where p.account = 'TAX'), 0)::bigint as tax,
            coalesce(-sum(p.amount) filter (where p.account in ('WALLET', 'HOLDS')
              and e.event_at > w.credit_since), 0)::bigint as on_credit,
            min(e.event_at) as first_at, max(e.event_at) as last_at
          from (select e.id, e.event_at ${tx.sql.unsafe(UNCOVERED)}) e
          join posting p on p.entry_id = e.id and p.wallet_id = w.id) s
     where s.first_at is not null`;
  return new Map(
    rows.map(({ wallet_id: walletId, net, tax, on_credit: onCredit, first_at: firstAt, last_at: lastAt }) => [
      walletId,
      { net, tax, onCredit, firstAt: new Date(firstAt), lastAt: new Date(lastAt) },
    ]),
  );
};

/** Writes down which entries each of these drafts covers from now on. */
export const coverEntries = async (
  tx: Tx,
  drafts: readonly { walletId: string; organisationId: string; id: string; periodTo: Date }[],
): Promise<void> => {
  await tx.sql`
    insert into invoice_entry (organisation_id, entry_id, invoice_id)
      select e.organisation_id, e.id, w.invoice_id
        from unnest(${drafts.map(({ walletId }) => walletId)}::uuid[], ${drafts.map((one) => one.organisationId)}::uuid[],
               ${drafts.map(({ periodTo }) => periodTo.toISOString())}::text[]::timestamptz[],
               ${drafts.map(({ id }) => id)}::uuid[]) w(id, organisation_id, to_at, invoice_id)
        cross join lateral (select e.organisation_id, e.id ${tx.sql.unsafe(UNCOVERED)}) e`;
};
