import type { InvoiceWholeFragment } from "../gql/graphql.js";

type Sums = {
  total: Pick<InvoiceWholeFragment["total"], "minorUnits">;
  amountDue: Pick<InvoiceWholeFragment["amountDue"], "minorUnits">;
  creditNotes: readonly { amount: { minorUnits: string } }[];
};

/** Minor units that credit notes took back. */
export function creditedOf({ creditNotes }: Pick<Sums, "creditNotes">): string {
  return creditNotes.reduce((sum, { amount }) => sum + BigInt(amount.minorUnits), 0n).toString();
}

/** Minor units that no credit note has taken back yet. */
export function leftOf(invoice: Pick<Sums, "total" | "creditNotes">): string {
  return (BigInt(invoice.total.minorUnits) - BigInt(creditedOf(invoice))).toString();
}

/** Minor units that are settled: money that was there before it was issued, or came since. */
export function paidOf(invoice: Sums): string {
  return (BigInt(leftOf(invoice)) - BigInt(invoice.amountDue.minorUnits)).toString();
}
