import { Link } from "@tanstack/react-router";
import { useFormats, useMay } from "../app/services-context.js";
import { dayOf } from "../format/day-start.js";
import type { WalletTransactionsQuery } from "../gql/graphql.js";

type Entry = NonNullable<WalletTransactionsQuery["wallet"]>["transactions"]["nodes"][number]["entry"];

const HOUR_MS = 3_600_000;

/** Whether the person may read everything that a transaction can come from; asked for otherwise, it would be refused. */
export function useMayReadReasons(): boolean {
  const may = [useMay("order:read"), useMay("invoice:read"), useMay("serviceSubscription:read"), useMay("usage:read")];
  return may.every(Boolean);
}

/** The way from a transaction to what it came from; nothing where it came from nothing that has a page. */
export function TransactionReason({ entry: { reason } }: { entry: Entry }) {
  const { timeZone } = useFormats();
  switch (reason?.__typename) {
    case "Order":
      return (
        <Link to="/orders/$id" params={{ id: reason.id }}>
          Open the order
        </Link>
      );
    case "Invoice":
      return (
        <Link to="/billing/invoices/$id" params={{ id: reason.id }}>
          {reason.number ? `Invoice ${reason.number}` : "Invoice"}
        </Link>
      );
    case "ServiceSubscription":
      return <Link to="/catalogue/subscriptions">Open the subscriptions</Link>;
    case "UsageRecord":
      return (
        <Link to="/billing" search={hourFrom(reason.hour)}>
          What it went to
        </Link>
      );
    case "TopUp": {
      const day = dayOf(reason.createdAt, timeZone);
      return (
        <Link to="/payments" search={{ from: day, to: day }}>
          Open the payment
        </Link>
      );
    }
    default:
      return null;
  }
}

/** Machines are charged by the hour: what one charge was for is what was spent in its hour. */
function hourFrom(hour: string): { from: string; to: string } {
  const start = Date.parse(hour);
  return { from: new Date(start).toISOString(), to: new Date(start + HOUR_MS).toISOString() };
}
