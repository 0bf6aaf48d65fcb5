import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { PaymentsDocument } from "../gql/graphql.js";
import { PaymentEntry } from "./PaymentEntry.js";
import { PaymentFilters } from "./PaymentFilters.js";
import classes from "./Payments.module.css";
import { filterOf, type PaymentsSearch } from "./payments-search.js";

const PAGE = 20;

/** What the organisation and those below it paid in: where each payment stands, its receipt, and what can be done. */
export function PaymentsPage() {
  const may = useMay("wallet:read");
  const maySeeEvents = useMay("providerEvent:read");
  return (
    <>
      <PageHeader
        title="Payments"
        above={{ label: "Wallet", to: "/wallet" }}
        aside={maySeeEvents && <Link to="/payments/events">Webhooks of providers</Link>}
      />
      {may ? (
        <Payments />
      ) : (
        <EmptyState title="You may not see payments">
          Ask whoever runs your organisation for the permission to read the wallet.
        </EmptyState>
      )}
    </>
  );
}

function Payments() {
  const search = useSearch({ from: "/shell/payments" });
  const { timeZone } = useFormats();
  const navigate = useNavigate({ from: "/payments" });
  const mayTopUp = useMay("wallet:topUp");
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(PaymentsDocument, {
    variables: { first: PAGE, filter: filterOf(search, timeZone) },
    notifyOnNetworkStatusChange: true,
  });
  const list = (data ?? previousData)?.topUps;
  const loading = networkStatus === NetworkStatus.loading || networkStatus === NetworkStatus.setVariables;
  const isFiltered = Object.keys(search).length > 0;
  const change = (next: PaymentsSearch) => {
    navigate({ search: next, replace: true, resetScroll: false }).catch(() => undefined); // stays as it was
  };
  return (
    <>
      <PaymentFilters search={search} onChange={change} />
      {error && <TroubleNotice error={error} of="The payments" onRetry={() => refetch()} />}
      {!list && loading && <Bones lines={6} height={56} label="the payments" />}
      {list && list.nodes.length > 0 && (
        <ul className={classes.list} aria-busy={loading} aria-label="Payments">
          {list.nodes.map((payment) => (
            <PaymentEntry key={payment.id} payment={payment} />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && !loading && (
        <EmptyState title={isFiltered ? "No payment fits" : "No payments yet"}>
          {isFiltered ? (
            <Button variant="default" size="xs" onClick={() => change({})}>
              Show all payments
            </Button>
          ) : (
            <>
              Every top-up is listed here, with its receipt. {mayTopUp && <Link to="/wallet">Top up the wallet</Link>}
            </>
          )}
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
    </>
  );
}
