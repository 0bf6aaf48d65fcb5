import { useQuery } from "@apollo/client/react";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { codeOf } from "../api/problems.js";
import { useFormats, useMay } from "../app/services-context.js";
import { useHome } from "../app/use-home.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { InvoiceDocument, type InvoiceWholeFragment } from "../gql/graphql.js";
import { InvoiceLines } from "./InvoiceLines.js";
import { InvoicePdf } from "./InvoicePdf.js";
import { InvoiceStateLabel } from "./InvoiceStateLabel.js";
import classes from "./Invoices.module.css";
import { dayWords, periodWords } from "./invoice-period.js";
import { ManageInvoice } from "./ManageInvoice.js";
import { PayInvoice } from "./PayInvoice.js";

const ABOVE = { label: "Invoices", to: "/billing/invoices" } as const;

/** One invoice: what it is for, how it stands, and how to pay it or take it back. */
export function InvoicePage() {
  const { id } = useParams({ from: "/shell/billing/invoices/$id" });
  const may = useMay("invoice:read");
  const { data, error, loading, refetch } = useQuery(InvoiceDocument, {
    variables: { id },
    skip: !may,
    fetchPolicy: "cache-and-network",
  });
  if (data?.invoice) return <Shown invoice={data.invoice} />;
  const isMissing = !error || codeOf(error) === "NOT_FOUND";
  return (
    <>
      <PageHeader title="Invoice" above={ABOVE} />
      {loading && <Bones lines={6} height={32} label="the invoice" />}
      {!may && <EmptyState title="You may not see invoices">Ask whoever runs your organisation.</EmptyState>}
      {may && !loading && !isMissing && error && (
        <TroubleNotice error={error} of="The invoice" onRetry={() => refetch()} />
      )}
      {may && !loading && isMissing && (
        <EmptyState title="There is no such invoice in your estate.">
          It belongs to another organisation, or the address is mistyped.{" "}
          <Link to="/billing/invoices">All invoices</Link>
        </EmptyState>
      )}
    </>
  );
}

function Shown({ invoice }: { invoice: InvoiceWholeFragment }) {
  const formats = useFormats();
  const home = useHome();
  const mayPay = useMay("invoice:pay");
  const mayManage = useMay("invoice:manage");
  const { topUp } = useSearch({ from: "/shell/billing/invoices/$id" });
  const isOwn = home.organisation?.id === invoice.organisation?.id;
  const isDue = invoice.state === "ISSUED" || invoice.state === "OVERDUE";
  return (
    <>
      <PageHeader
        title={invoice.number ?? "Draft of an invoice"}
        above={ABOVE}
        aside={<InvoiceStateLabel state={invoice.state} />}
        action={invoice.number && <InvoicePdf invoiceId={invoice.id} />}
      />
      <div className={classes.columns}>
        <div>
          <p className={classes.note} role="status">
            {standing(invoice, formats)}
          </p>
          <Panel title={`For ${periodWords(invoice.periodFrom, invoice.periodTo, formats)}`}>
            <InvoiceLines invoice={invoice} />
          </Panel>
          <CreditNotes invoice={invoice} />
        </div>
        <div className={classes.aside}>
          {isOwn && isDue && mayPay && <PayInvoice invoice={invoice} cameBackFrom={topUp} />}
          {!isOwn && mayManage && <ManageInvoice invoice={invoice} />}
        </div>
      </div>
    </>
  );
}

/** How it stands, in a sentence. */
function standing(invoice: InvoiceWholeFragment, formats: ReturnType<typeof useFormats>): string {
  const { state, amountDue, dueAt, paidAt, organisation, remindersSent } = invoice;
  const whose = organisation ? `For ${organisation.name}. ` : "";
  const reminded = remindersSent > 0 ? ` Reminded ${remindersSent === 1 ? "once" : `${remindersSent} times`}.` : "";
  switch (state) {
    case "DRAFT":
      return `${whose}Not issued yet: it has no number, and whoever is to pay does not see it.`;
    case "ISSUED":
      return `${whose}${amountDue.formatted} are due by ${dayWords(dueAt, formats)}.${reminded}`;
    case "OVERDUE":
      return `${whose}${amountDue.formatted} were due by ${dayWords(dueAt, formats)}.${reminded}`;
    case "PAID":
      return `${whose}Paid on ${dayWords(paidAt, formats)}.`;
    default:
      return `${whose}Void: nothing of it counts.`;
  }
}

function CreditNotes({ invoice }: { invoice: InvoiceWholeFragment }) {
  const formats = useFormats();
  if (invoice.creditNotes.length === 0) return null;
  return (
    <Panel title="Credit notes">
      <ul className={classes.invoices}>
        {invoice.creditNotes.map((note) => (
          <li key={note.id} className={classes.entry}>
            <div className={classes.what}>
              <p className={classes.name}>{note.number}</p>
              <p className="small dimmed">{note.reason}</p>
            </div>
            <p className="small dimmed">{dayWords(note.issuedAt, formats)}</p>
            <div className="numeric">
              <p>{note.amount.formatted}</p>
              <InvoicePdf invoiceId={invoice.id} creditNoteId={note.id} />
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
