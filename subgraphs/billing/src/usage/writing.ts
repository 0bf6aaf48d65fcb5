import type { Tx } from "@tollgate/kit";
import { encode } from "@tollgate/kit/protocol";
import { type Meters, quantityOf, type Series } from "./meters.js";
import type { Payment } from "./purse.js";
import { HOUR } from "./runs.js";

/** An hour that was charged. */
export interface ChargedHour {
  entryId: string;
  organisationId: string;
  walletId: string;
  hour: Date;
  payment: Payment;
  /** Minor units, part of what was paid. */
  tax: bigint;
  /** How many machines used something. */
  machines: number;
  /** One of the records that it charges. */
  recordId: string | null;
}

/** What an organisation's tax came to, see `metering`. */
export interface TaxMeter {
  organisationId: string;
  taxUsed: bigint;
  taxCharged: bigint;
}

const endOf = ({ hour }: ChargedHour): string => new Date(hour.getTime() + HOUR).toISOString();
const wordsOf = ({ machines }: ChargedHour): string => `Use of ${machines} ${machines === 1 ? "machine" : "machines"}`;

/** Takes of each reserve what all hours took of it, and ends it with the one that used it up. */
const spendReserves = async (tx: Tx, hours: readonly ChargedHour[]): Promise<void> => {
  const parts = hours.flatMap((hour) => hour.payment.taken.map((part) => ({ ...part, end: endOf(hour) })));
  if (parts.length === 0) return;
  const spent = [...Map.groupBy(parts, ({ id }) => id)].map(([id, own]) => ({
    id,
    amount: own.reduce((sum, { amount }) => sum + amount, 0n).toString(),
    end: own.at(-1)?.end ?? null,
  }));
  await tx.sql`
    select spend_reserves(${spent.map(({ id }) => id)}::uuid[], ${spent.map(({ amount }) => amount)}::bigint[],
      ${spent.map(({ end }) => end)}::text[]::timestamptz[])`;
};

const writeEntries = async (tx: Tx, hours: readonly ChargedHour[]): Promise<void> => {
  if (hours.length === 0) return;
  const amounts = (of: (payment: Payment) => bigint): string[] => hours.map(({ payment }) => of(payment).toString());
  await tx.sql`
    select charge_hours(${hours.map(({ entryId }) => entryId)}::uuid[],
      ${hours.map(({ organisationId }) => organisationId)}::uuid[], ${hours.map(({ walletId }) => walletId)}::uuid[],
      ${amounts(({ fromWallet }) => fromWallet)}::bigint[], ${amounts(({ fromHolds }) => fromHolds)}::bigint[],
      ${amounts(({ owed }) => owed)}::bigint[], ${hours.map(({ tax }) => tax.toString())}::bigint[],
      ${hours.map(wordsOf)}::text[], ${hours.map(endOf)}::text[]::timestamptz[],
      ${hours.map(({ recordId }) => recordId)}::uuid[])`;
  await spendReserves(tx, hours);
};

/** In place of the entry of an hour in which nothing was left to pay. */
const NO_ENTRY = "00000000-0000-0000-0000-000000000000";

/** For each series where the entries of its hours begin in one long row of entries: looking there is not joining. */
const entriesOf = (series: readonly Series[], hours: readonly ChargedHour[]) => {
  const byHour = new Map(
    [...Map.groupBy(hours, ({ organisationId }) => organisationId)].map(([id, own]) => [
      id,
      new Map(own.map(({ hour, entryId }) => [hour.getTime(), entryId])),
    ]),
  );
  const entries: string[] = [];
  const begins = new Map<string, number>();
  const beginOf = ({ organisationId, first, amounts }: Series): number => {
    const key = `${organisationId} ${first.getTime()} ${amounts.length}`;
    const known = begins.get(key);
    if (known !== undefined) return known;
    const begin = entries.length;
    const own = byHour.get(organisationId);
    for (let nth = 0; nth < amounts.length; nth += 1) entries.push(own?.get(first.getTime() + nth * HOUR) ?? NO_ENTRY);
    begins.set(key, begin);
    return begin;
  };
  const starts = series.map((one) => `${beginOf(one)}`);
  return { entries, starts };
};

const idsOf = ({ ids }: Series): string =>
  ids.some((id) => id !== null) ? `{${ids.map((id) => id ?? "null").join(",")}}` : "{}";

/** The records of many hours: a row for each use of a resource, cut into its hours where they are written. */
const writeRecords = async (tx: Tx, series: readonly Series[], hours: readonly ChargedHour[]): Promise<void> => {
  if (series.length === 0) return;
  const { entries, starts } = entriesOf(series, hours);
  const column = <Value>(of: (one: Series) => Value): Value[] => series.map(of);
  await tx.sql`
    insert into usage_record (id, organisation_id, vm_id, hour, resource, code, minutes, quantity, currency, amount,
        price_list_id, volume_basis_points, promotion_basis_points, entry_id)
      select coalesce(a.id, uuidv7()), s.organisation_id, s.vm_id, s.first_hour + (a.nth - 1) * interval '1 hour',
          s.resource, s.code, s.minutes, s.quantity, s.currency, a.amount, s.price_list_id, s.volume, s.promotion,
          nullif((${entries}::uuid[])[s.start + a.nth], ${NO_ENTRY}::uuid)
        from unnest(${column(({ organisationId }) => organisationId)}::uuid[], ${column(({ use }) => use.vmId)}::uuid[],
            ${column(({ use }) => use.resource)}::text[], ${column(({ use }) => use.code)}::text[],
            ${column(({ use }) => `${use.minutes}`)}::text[]::int[], ${column(quantityOf)}::text[]::numeric[],
            ${column(({ terms }) => terms.currency)}::text[], ${column(({ terms }) => terms.priceListId)}::uuid[],
            ${column(({ terms }) => `${terms.volumeBasisPoints}`)}::text[]::int[],
            ${column(({ terms }) => `${terms.promotionBasisPoints}`)}::text[]::int[],
            ${column(({ first }) => first.toISOString())}::text[]::timestamptz[],
            ${column(({ amounts }) => `{${amounts.join(",")}}`)}::text[], ${column(idsOf)}::text[],
            ${starts}::text[]::int[])
          s(organisation_id, vm_id, resource, code, minutes, quantity, currency, price_list_id, volume, promotion,
            first_hour, amounts, ids, start)
       cross join lateral unnest(s.amounts::bigint[], s.ids::uuid[]) with ordinality a(amount, id, nth)`;
};

const writeMeters = async (tx: Tx, meters: Meters): Promise<void> => {
  const rows = meters.rows();
  if (rows.length === 0) return;
  await tx.sql`
    insert into meter (organisation_id, vm_id, resource, code, used, recorded)
      select organisation_id, vm_id, resource, code, used::jsonb, recorded
        from unnest(${rows.map(({ organisationId }) => organisationId)}::uuid[], ${rows.map(({ vmId }) => vmId)}::uuid[],
            ${rows.map(({ resource }) => resource)}::text[], ${rows.map(({ code }) => code)}::text[],
            ${rows.map(({ used }) => encode(used))}::text[], ${rows.map(({ recorded }) => recorded.toString())}::bigint[])
          u(organisation_id, vm_id, resource, code, used, recorded)
      on conflict (vm_id, resource, code) do update set used = excluded.used, recorded = excluded.recorded`;
  const paid = [...meters.accounts];
  await tx.sql`
    update machine m set usage_paid = u.paid
      from unnest(${paid.map(([vmId]) => vmId)}::uuid[], ${paid.map(([, account]) => account.paid.toString())}::bigint[])
        u(vm_id, paid)
     where m.vm_id = u.vm_id and m.usage_paid <> u.paid`;
};

const writeTaxes = async (tx: Tx, taxes: readonly TaxMeter[]): Promise<void> => {
  await tx.sql`
    update metering m set tax_used = u.tax_used, tax_charged = u.tax_charged
      from unnest(${taxes.map(({ organisationId }) => organisationId)}::uuid[],
          ${taxes.map(({ taxUsed }) => taxUsed.toString())}::bigint[],
          ${taxes.map(({ taxCharged }) => taxCharged.toString())}::bigint[]) u(organisation_id, tax_used, tax_charged)
     where m.organisation_id = u.organisation_id`;
};

/** Writes what charging came to, in as many statements for many organisations as for one. */
export const writeCharges = async (
  tx: Tx,
  charges: { hours: readonly ChargedHour[]; meters: Meters; taxes: readonly TaxMeter[] },
): Promise<void> => {
  const { hours, meters, taxes } = charges;
  await writeEntries(tx, hours);
  await writeRecords(tx, meters.series, hours);
  await writeMeters(tx, meters);
  await writeTaxes(tx, taxes);
};
