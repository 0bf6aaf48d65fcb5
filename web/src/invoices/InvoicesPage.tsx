import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { useHome } from "../app/use-home.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { InvoicesDocument } from "../gql/graphql.js";
import { InvoiceEntry } from "./InvoiceEntry.js";
import { InvoiceFilters } from "./InvoiceFilters.js";
import classes from "./Invoices.module.css";
import { InvoicesDownload } from "./InvoicesDownload.js";
import { filterOf, type InvoicesSearch } from "./invoices-search.js";
import { RunInvoicing } from "./RunInvoicing.js";

const PAGE = 20;
/** What waits to be paid, before everything else. */
const DUE: InvoicesSearch = { state: "OVERDUE,ISSUED" };

/** What was billed: to the organisation itself, and to those below it. */
export function InvoicesPage() {
  const may = useMay("invoice:read");
  const mayRun = useMay("invoice:manage");
  const { organisation } = useHome();
  const [isRunning, setRunning] = useState(false);
  const bills = mayRun && organisation?.kind !== "CUSTOMER";
  return (
    <>
      <PageHeader
        title="Invoices"
        above={{ label: "Billing", to: "/billing" }}
        action={bills && <Button onClick={() => setRunning(true)}>Bill a month</Button>}
      />
      {may ? (
        <Invoices />
      ) : (
        <EmptyState title="You may not see invoices">
          Ask whoever runs your organisation for the permission to read invoices.
        </EmptyState>
      )}
      <Dialog title="Bill a month" open={isRunning} onClose={() => setRunning(false)}>
        <RunInvoicing onClose={() => setRunning(false)} />
      </Dialog>
    </>
  );
}

function Invoices() {
  const search = useSearch({ from: "/shell/billing/invoices" });
  const navigate = useNavigate({ from: "/billing/invoices" });
  const isAll = Object.keys(search).length === 0;
  const change = (next: InvoicesSearch) => {
    navigate({ search: next, replace: true, resetScroll: false }).catch(() => undefined); // stays as it was
  };
  return (
    <>
      <InvoiceFilters search={search} onChange={change} />
      <div className={classes.downloads}>
        <InvoicesDownload filter={filterOf(search)} />
      </div>
      {isAll && <InvoiceList label="To be paid" search={DUE} isQuiet onAll={() => change({})} />}
      <InvoiceList
        label={isAll ? "All invoices" : "Invoices"}
        search={search}
        isQuiet={false}
        onAll={() => change({})}
      />
    </>
  );
}

interface InvoiceListProps {
  label: string;
  search: InvoicesSearch;
  /** Whether an empty list says nothing. */
  isQuiet: boolean;
  onAll(): void;
}

function InvoiceList({ label, search, isQuiet, onAll }: InvoiceListProps) {
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(InvoicesDocument, {
    variables: { first: PAGE, filter: filterOf(search) },
    notifyOnNetworkStatusChange: true,
  });
  const list = (data ?? previousData)?.invoices;
  const loading = networkStatus === NetworkStatus.loading || networkStatus === NetworkStatus.setVariables;
  const isFiltered = Object.keys(search).length > 0;
  const isNamed = (isQuiet || !isFiltered) && Boolean(list?.nodes.length);
  if (isQuiet && !error && !list?.nodes.length) return null;
  return (
    <section aria-label={label}>
      {isNamed && <h2 className={classes.heading}>{label}</h2>}
      {error && <TroubleNotice error={error} of="The invoices" onRetry={() => refetch()} />}
      {!list && loading && <Bones lines={6} height={40} label="the invoices" />}
      {list && list.nodes.length > 0 && (
        <ul className={classes.invoices} aria-busy={loading} aria-label={label}>
          {list.nodes.map((invoice) => (
            <InvoiceEntry key={invoice.id} invoice={invoice} />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && !loading && (
        <EmptyState title={isFiltered ? "No invoice fits" : "No invoices yet"}>
          {isFiltered ? (
            <Button variant="default" size="xs" onClick={onAll}>
              Show all invoices
            </Button>
          ) : (
            "What machines use in a month is billed when the month is over; services and products at once."
          )}
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
    </section>
  );
}
