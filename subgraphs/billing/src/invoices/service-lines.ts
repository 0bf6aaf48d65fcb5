import type { Tx } from "@tollgate/kit";
import { described } from "../prices/line-words.js";
import type { NewLine } from "./drafting.js";
import { type Covered, MOST_LINES, off } from "./usage-lines.js";

interface ServiceRow {
  invoice_id: string;
  service_subscription_id: string;
  name: string;
  /** Null of changes within an hour. */
  unit_price: bigint | null;
  volume: number;
  promotion: number;
  /** Of its first period: a subscription has one at most. */
  coupon_code: string | null;
  quantity: bigint | null;
  hours: bigint;
  /** Before the coupon, after other discounts. */
  amount: bigint;
  coupon: bigint;
}

/** Services by the hour that the invoices cover, by subscription and price. */
const servicesOf = (tx: Tx, covered: readonly Covered[]): Promise<ServiceRow[]> => tx.sql<ServiceRow[]>`
  select v.invoice_id, s.*
    from unnest(${covered.map((one) => one.invoiceId)}::uuid[], ${covered.map((one) => one.organisationId)}::uuid[],
           ${covered.map(({ firstAt }) => firstAt.toISOString())}::text[]::timestamptz[],
           ${covered.map(({ lastAt }) => lastAt.toISOString())}::text[]::timestamptz[])
           v(invoice_id, organisation_id, first_at, last_at)
    cross join lateral (
      select c.service_subscription_id, i.name, c.unit_price, c.volume_basis_points as volume,
          c.promotion_basis_points as promotion, max(c.coupon_code) as coupon_code, sum(c.quantity) as quantity,
          count(*) as hours, sum(c.net + c.coupon_amount)::bigint as amount, sum(c.coupon_amount)::bigint as coupon
        from service_charge c
        join invoice_entry e on e.entry_id = c.entry_id and e.invoice_id = v.invoice_id
        join catalogue_item i on i.id = c.item_id
       where c.organisation_id = v.organisation_id and c.charged_at is not null
         and c.at >= v.first_at and c.at <= v.last_at
       group by 1, 2, 3, 4, 5) s
   order by s.name, s.service_subscription_id, s.unit_price, s.volume, s.promotion`;

const lineOf = (row: ServiceRow): NewLine => {
  const { name, unit_price: unitPrice, quantity, hours, amount, service_subscription_id: serviceSubscriptionId } = row;
  if (unitPrice === null) {
    return { kind: "PRORATION", description: `${name}, changed within an hour`, amount, serviceSubscriptionId };
  }
  return {
    ...described("SERVICE", { name, ...off(row) }),
    quantity: `${quantity}`,
    unit: "hours",
    unitPrice,
    amount,
    hours: `${hours}`,
    serviceSubscriptionId,
  };
};

const couponOf = ({
  coupon,
  coupon_code: name,
  service_subscription_id: serviceSubscriptionId,
}: ServiceRow): NewLine[] =>
  coupon === 0n ? [] : [{ ...described("COUPON", { name }), amount: -coupon, serviceSubscriptionId }];

/** So many are no document any more. */
const inOne = (rows: readonly ServiceRow[]): NewLine => ({
  kind: "SERVICE",
  description: "Services by the hour",
  amount: rows.reduce((sum, { amount, coupon }) => sum + amount - coupon, 0n),
});

/**
 * Lines of what each invoice covers of services that are charged by the hour, by subscription and price, without tax: hours and
 * pieces of each, what a coupon took off, and what changes within an hour came to.
 * @returns by invoice.
 */
export const linesOfServices = async (
  tx: Tx,
  covered: readonly Covered[],
): Promise<ReadonlyMap<string, readonly NewLine[]>> => {
  const byInvoice = Map.groupBy(await servicesOf(tx, covered), (row) => row.invoice_id);
  return new Map(
    [...byInvoice].map(([invoiceId, rows]) => {
      const lines = rows.flatMap((row) => [lineOf(row), ...couponOf(row)]);
      return [invoiceId, lines.length > MOST_LINES ? [inOne(rows)] : lines];
    }),
  );
};
