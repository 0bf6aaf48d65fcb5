import type { Currency, Tx } from "@tollgate/kit";
import { described } from "../prices/line-words.js";
import { taxLine } from "./charges.js";
import type { NewLine } from "./drafting.js";

/** Lines of one invoice; an organisation with more of them gets one for each machine, then one for each resource. */
export const MOST_LINES = 1_000;

/** What an invoice is made of: the entries of a wallet that it covers. */
export interface Covered {
  organisationId: string;
  walletId: string;
  currency: Currency;
  invoiceId: string;
  /** Whose tax rates count. */
  country: string;
  /** Of the first and last of them. */
  firstAt: Date;
  lastAt: Date;
  /** Minor units of revenue in them. */
  net: bigint;
}

interface UseRow {
  invoice_id: string;
  vm_id: string | null;
  machine: string | null;
  resource: string | null;
  code: string | null;
  price_list_id: string | null;
  volume: number;
  promotion: number;
  quantity: string;
  hours: bigint;
  amount: bigint;
}

const WORDS: Readonly<Record<string, { description: string; unit: string }>> = {
  VCPU: { description: "vCPU", unit: "vCPU hours" },
  MEMORY: { description: "Memory", unit: "GB hours" },
  STORAGE_STANDARD: { description: "Standard storage", unit: "GB hours" },
  STORAGE_SSD: { description: "SSD storage", unit: "GB hours" },
  STORAGE_NVME: { description: "NVMe storage", unit: "GB hours" },
  BANDWIDTH: { description: "Bandwidth", unit: "Mbit/s hours" },
  BACKUP: { description: "Backup", unit: "GB hours" },
  EXTRA_SERVICE: { description: "Service", unit: "hours" },
  LICENCE: { description: "Licence", unit: "hours" },
};
const SERVICES = ["BACKUP", "EXTRA_SERVICE", "LICENCE"];

/** What is off already in an amount. */
export const off = ({ volume, promotion }: { volume: number; promotion: number }) => ({
  volumeBasisPoints: volume,
  promotionBasisPoints: promotion,
});

const shownQuantity = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

const lineOf = (row: UseRow): NewLine => {
  const words = row.resource === null ? null : WORDS[row.resource];
  const what = words ? [words.description, row.code].filter(Boolean).join(" ") : "Use";
  const isService = row.resource !== null && SERVICES.includes(row.resource);
  return {
    ...described(isService ? "SERVICE" : "BASE", { name: what, ...off(row) }),
    quantity: words ? shownQuantity(row.quantity) : null,
    unit: words?.unit ?? null,
    amount: row.amount,
    vmId: row.vm_id,
    machine: row.machine,
    resource: row.resource,
    code: row.code,
    hours: row.hours.toString(),
    priceListId: row.price_list_id,
  };
};

/** By what use is summed up, the finest first. */
type Grain = "RESOURCE_OF_MACHINE" | "MACHINE" | "RESOURCE";

const useBy = (tx: Tx, covered: readonly Covered[], grain: Grain): Promise<UseRow[]> => {
  const byMachine = grain !== "RESOURCE";
  const byResource = grain !== "MACHINE";
  const isFinest = grain === "RESOURCE_OF_MACHINE";
  const told = (isTold: boolean, column: string, otherwise: string) => tx.sql.unsafe(isTold ? column : otherwise);
  return tx.sql<UseRow[]>`
    select c.invoice_id, l.*
      from unnest(${covered.map((one) => one.invoiceId)}::uuid[], ${covered.map((one) => one.organisationId)}::uuid[],
             ${covered.map((one) => one.currency)}::text[],
             ${covered.map(({ firstAt }) => firstAt.toISOString())}::text[]::timestamptz[],
             ${covered.map(({ lastAt }) => lastAt.toISOString())}::text[]::timestamptz[])
             c(invoice_id, organisation_id, currency, first_at, last_at)
      cross join lateral (
        select u.vm_id, m.name as machine, u.resource, u.code, u.price_list_id, u.volume, u.promotion, u.quantity::text,
            u.hours, u.amount
          from (select ${told(byMachine, "r.vm_id", "null::uuid")} as vm_id,
                    ${told(byResource, "r.resource", "null")} as resource, ${told(byResource, "r.code", "null")} as code,
                    ${told(isFinest, "r.price_list_id", "null::uuid")} as price_list_id,
                    ${told(isFinest, "r.volume_basis_points", "0")} as volume,
                    ${told(isFinest, "r.promotion_basis_points", "0")} as promotion,
                    -- A resource of a machine has one record an hour: counting them apart would sort them all.
                    round(sum(r.quantity), 2) as quantity, ${told(isFinest, "count(*)", "count(distinct r.hour)")} as hours,
                    sum(r.amount)::bigint as amount
                  from usage_record r join invoice_entry i on i.entry_id = r.entry_id
                 where r.organisation_id = c.organisation_id and i.invoice_id = c.invoice_id and r.currency = c.currency
                   and r.hour >= c.first_at - interval '1 hour' and r.hour < c.last_at
                 group by 1, 2, 3, 4, 5, 6) u
          left join machine m on m.vm_id = u.vm_id
         order by m.name, u.vm_id, u.resource, u.code, u.volume, u.promotion
         limit ${MOST_LINES + 1}) l`;
};

/** Use by invoice, each by the finest grain that is not too many lines. */
const useOf = async (tx: Tx, covered: readonly Covered[]): Promise<Map<string, UseRow[]>> => {
  const found = new Map<string, UseRow[]>();
  let left = covered;
  for (const grain of ["RESOURCE_OF_MACHINE", "MACHINE", "RESOURCE"] as const) {
    for (const [invoiceId, rows] of Map.groupBy(await useBy(tx, left, grain), (row) => row.invoice_id)) {
      found.set(invoiceId, rows);
    }
    left = left.filter(({ invoiceId }) => (found.get(invoiceId)?.length ?? 0) > MOST_LINES);
    if (left.length === 0) break;
  }
  return found;
};

const withRest = (lines: readonly NewLine[], net: bigint): readonly NewLine[] => {
  const rest = lines.reduce((left, { amount }) => left - amount, net);
  if (rest === 0n) return lines;
  const description = rest > 0n ? "First hours, paid when ordered" : "Paid before, when ordered";
  return [...lines, { kind: "BASE", description, amount: rest }];
};

/**
 * Lines by machine and resource of what the entries of each invoice charged, without tax, and those of services; they add up to
 * the entries' revenue. What was paid when a machine was ordered is a line of its own, and what later use did not cost for it.
 * @param services by invoice.
 * @returns by invoice.
 */
export const linesOfUse = async (
  tx: Tx,
  covered: readonly Covered[],
  services: ReadonlyMap<string, readonly NewLine[]>,
): Promise<ReadonlyMap<string, readonly NewLine[]>> => {
  const use = await useOf(tx, covered);
  const linesOf = (invoiceId: string) => [
    ...(use.get(invoiceId) ?? []).map(lineOf),
    ...(services.get(invoiceId) ?? []),
  ];
  return new Map(covered.map(({ invoiceId, net }) => [invoiceId, withRest(linesOf(invoiceId), net)]));
};

interface TaxRow {
  invoice_id: string;
  country: string | null;
  name: string | null;
  basis_points: number | null;
  effective_from: string | null;
  amount: bigint;
}

const taxOf = ({ country: of, name, basis_points: basisPoints, effective_from: from, amount }: TaxRow): NewLine =>
  of === null || name === null || basisPoints === null || from === null
    ? { kind: "TAX", description: "Tax", amount }
    : taxLine({ amount, rate: { country: of, name, basisPoints, effectiveFrom: new Date(from) } });

/** The tax that the entries of each invoice took, by the rate that counted when each hour began. @returns by invoice. */
export const taxesOfUse = async (tx: Tx, covered: readonly Covered[]): Promise<ReadonlyMap<string, NewLine[]>> => {
  // Rates are read once, since who may see them is looked up along the tree; and entries and postings of each invoice by
  // index, since what is guessed of many at once would read all postings.
  const rows = await tx.sql<TaxRow[]>`
    with rate as materialized (select * from tax_rate where country = any(${covered.map((one) => one.country)}::text[]))
    select c.invoice_id, t.*
      from unnest(${covered.map((one) => one.invoiceId)}::uuid[], ${covered.map((one) => one.walletId)}::uuid[],
             ${covered.map((one) => one.country)}::text[]) c(invoice_id, wallet_id, country)
      cross join lateral (
        select r.country, r.name, r.basis_points, r.effective_from, sum(p.amount)::bigint as amount
          from (select e.id, -- Services and use have the tax of their hour's beginning; use is dated with its end.
                    case e.kind when 'SERVICE' then (select c.period_start from service_charge c where c.entry_id = e.id limit 1)
                      when 'USAGE' then e.event_at - interval '1 hour' else e.event_at end as taxed_at from invoice_entry i
                  join entry e on e.organisation_id = i.organisation_id and e.id = i.entry_id
                 where i.invoice_id = c.invoice_id offset 0) e
          cross join lateral (select p.amount from posting p
            where p.entry_id = e.id and (p.wallet_id = c.wallet_id) is true and p.account = 'TAX' offset 0) p
          left join lateral (select * from rate r where r.country = c.country and r.effective_from <= e.taxed_at
            order by r.effective_from desc limit 1) r on true
         group by 1, 2, 3, 4) t
     order by c.invoice_id, t.effective_from`;
  const byInvoice = Map.groupBy(rows, (row) => row.invoice_id);
  return new Map([...byInvoice].map(([invoiceId, taxes]) => [invoiceId, taxes.map(taxOf)]));
};
