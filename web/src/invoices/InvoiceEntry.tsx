import { Link } from "@tanstack/react-router";
import { useFormats } from "../app/services-context.js";
import { MachineOwner } from "../components/MachineOwner.js";
import type { InvoiceSummaryFragment } from "../gql/graphql.js";
import { InvoiceStateLabel } from "./InvoiceStateLabel.js";
import classes from "./Invoices.module.css";
import { dayWords, periodWords } from "./invoice-period.js";

/** One invoice of a list: for which time, how it stands, and how much. */
export function InvoiceEntry({ invoice }: { invoice: InvoiceSummaryFragment }) {
  const formats = useFormats();
  const { id, number, state, periodFrom, periodTo, dueAt, total, amountDue, organisation } = invoice;
  const isDue = state === "ISSUED" || state === "OVERDUE";
  return (
    <li className={classes.entry}>
      <div className={classes.what}>
        <Link to="/billing/invoices/$id" params={{ id }} className={classes.name}>
          {number ?? "Draft"}
        </Link>
        <MachineOwner organisation={organisation} />
        <p className="small dimmed">{periodWords(periodFrom, periodTo, formats)}</p>
      </div>
      <div>
        <InvoiceStateLabel state={state} />
        {isDue && <p className="small dimmed">by {dayWords(dueAt, formats)}</p>}
      </div>
      <div className="numeric">
        <p>{total.formatted}</p>
        {isDue && amountDue.minorUnits !== total.minorUnits && (
          <p className="small dimmed">{amountDue.formatted} due</p>
        )}
      </div>
    </li>
  );
}
