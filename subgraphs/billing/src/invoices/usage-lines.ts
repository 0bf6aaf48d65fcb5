import type { Currency, Tx } from "@tollgate/kit";
import { taxLine } from "./charges.js";
import type { NewLine } from "./drafting.js";

/** Lines of one invoice; an organisation with more of them gets one for each machine, then one for each resource. */
const MOST_LINES = 1_000;

/** What an invoice is made of: the entries of a wallet that it covers. */
export interface Covered {
  organisationId: string;
  walletId: string;
  currency: Currency;
  invoiceId: string;
  /** Of the first and last of them. */
  firstAt: Date;
  lastAt: Date;
  /** Minor units of revenue in them. */
  net: bigint;
}

interface UseRow {
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

const percent = (basisPoints: number): string => `${basisPoints / 100} %`;

const discounts = ({ volume, promotion }: UseRow): string => {
  const words = [
    volume > 0 ? `${percent(volume)} off for volume` : "",
    promotion > 0 ? `${percent(promotion)} off by promotions` : "",
  ].filter((text) => text !== "");
  return words.length > 0 ? `, ${words.join(", ")}` : "";
};

const shownQuantity = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

const lineOf = (row: UseRow): NewLine => {
  const words = row.resource === null ? null : WORDS[row.resource];
  const what = words ? [words.description, row.code].filter(Boolean).join(" ") : "Use";
  const isService = row.resource !== null && SERVICES.includes(row.resource);
  return {
    kind: isService ? "SERVICE" : "BASE",
    description: `${what}${discounts(row)}`,
    quantity: words ? shownQuantity(row.quantity) : null,
    unit: words?.unit ?? null,
    amount: row.amount,
    vmId: row.vm_id,
    machine: row.machine,
    resource: row.resource,
    code: row.code,
    hours: row.hours.toString(),
    priceListId: row.price_list_id,
    volumeBasisPoints: row.volume,
    promotionBasisPoints: row.promotion,
  };
};

/** By what use is summed up, the finest first. */
type Grain = "RESOURCE_OF_MACHINE" | "MACHINE" | "RESOURCE";

const useBy = (tx: Tx, covered: Covered, grain: Grain): Promise<UseRow[]> => {
  const byMachine = grain !== "RESOURCE";
  const byResource = grain !== "MACHINE";
  const isFinest = grain === "RESOURCE_OF_MACHINE";
  return tx.sql<UseRow[]>`
    select u.vm_id, m.name as machine, u.resource, u.code, u.price_list_id, u.volume, u.promotion, u.quantity::text,
        u.hours, u.amount
      from (select case when ${byMachine} then r.vm_id end as vm_id, case when ${byResource} then r.resource end as resource,
                case when ${byResource} then r.code end as code, case when ${isFinest} then r.price_list_id end as price_list_id,
                case when ${isFinest} then r.volume_basis_points else 0 end as volume,
                case when ${isFinest} then r.promotion_basis_points else 0 end as promotion,
                round(sum(r.quantity), 2) as quantity, count(distinct r.hour) as hours, sum(r.amount)::bigint as amount
              from usage_record r join invoice_entry i on i.entry_id = r.entry_id
             where r.organisation_id = ${covered.organisationId} and i.invoice_id = ${covered.invoiceId}
               and r.currency = ${covered.currency}
               and r.hour >= ${covered.firstAt.toISOString()}::timestamptz - interval '1 hour'
               and r.hour < ${covered.lastAt.toISOString()}
             group by 1, 2, 3, 4, 5, 6) u
      left join machine m on m.vm_id = u.vm_id
     order by m.name, u.vm_id, u.resource, u.code, u.volume, u.promotion
     limit ${MOST_LINES + 1}`;
};

/**
 * Lines by machine and resource of what the entries charged, without tax; they add up to the entries' revenue. What was
 * paid when a machine was ordered is a line of its own, and what later use did not cost for it.
 */
export const linesOfUse = async (tx: Tx, covered: Covered): Promise<NewLine[]> => {
  let rows: UseRow[] = [];
  for (const grain of ["RESOURCE_OF_MACHINE", "MACHINE", "RESOURCE"] as const) {
    rows = await useBy(tx, covered, grain);
    if (rows.length <= MOST_LINES) break;
  }
  const lines = rows.map(lineOf);
  const rest = lines.reduce((left, { amount }) => left - amount, covered.net);
  if (rest === 0n) return lines;
  const description = rest > 0n ? "First hours, paid when ordered" : "Paid before, when ordered";
  return [...lines, { kind: "BASE", description, amount: rest }];
};

interface TaxRow {
  country: string | null;
  name: string | null;
  basis_points: number | null;
  effective_from: string | null;
  amount: bigint;
}

/** The tax that the entries took, by the rate that counted when each hour began. */
export const taxesOfUse = async (tx: Tx, { invoiceId, walletId }: Covered, country: string): Promise<NewLine[]> => {
  const rows = await tx.sql<TaxRow[]>`
    select t.country, t.name, t.basis_points, t.effective_from, sum(p.amount)::bigint as amount
      from invoice_entry i
      join entry e on e.organisation_id = i.organisation_id and e.id = i.entry_id
      join posting p on p.entry_id = e.id and p.wallet_id = ${walletId} and p.account = 'TAX'
      left join lateral (select * from tax_rate r where r.country = ${country} and r.effective_from < e.event_at
        order by r.effective_from desc limit 1) t on true
     where i.invoice_id = ${invoiceId}
     group by 1, 2, 3, 4 order by t.effective_from`;
  return rows.map(({ country: of, name, basis_points: basisPoints, effective_from: from, amount }) =>
    of === null || name === null || basisPoints === null || from === null
      ? { kind: "TAX", description: "Tax", amount }
      : taxLine({ amount, rate: { country: of, name, basisPoints, effectiveFrom: new Date(from) } }),
  );
};
