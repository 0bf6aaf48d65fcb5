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
import { QuotesDocument } from "../gql/graphql.js";
import { QuoteEntry } from "./QuoteEntry.js";
import { QuoteFilters } from "./QuoteFilters.js";
import classes from "./Quotes.module.css";
import { filterOf, type QuotesSearch } from "./quotes-search.js";

const PAGE = 20;

/** Prices that were made for somebody: open ones to accept, and what became of the others. */
export function QuotesPage() {
  const may = useMay("quote:read");
  const mayQuote = useMay("quote:create");
  const mayOrder = useMay("order:place");
  return (
    <>
      <PageHeader
        title="Quotes"
        action={
          mayQuote && mayOrder && <Button renderRoot={(props) => <Link to="/order" {...props} />}>New quote</Button>
        }
      />
      {may ? (
        <Quotes />
      ) : (
        <EmptyState title="You may not see quotes">
          Ask whoever runs your organisation for the permission to read quotes.
        </EmptyState>
      )}
    </>
  );
}

function Quotes() {
  const search = useSearch({ from: "/shell/quotes" });
  const { timeZone } = useFormats();
  const navigate = useNavigate({ from: "/quotes" });
  const withItems = useMay("catalogue:read");
  const mayQuote = useMay("quote:create");
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(QuotesDocument, {
    variables: { first: PAGE, filter: filterOf(search, timeZone), withItems },
    notifyOnNetworkStatusChange: true,
  });
  const list = (data ?? previousData)?.quotes;
  const loading = networkStatus === NetworkStatus.loading || networkStatus === NetworkStatus.setVariables;
  const change = (next: QuotesSearch) => {
    navigate({ search: next, replace: true, resetScroll: false }).catch(() => undefined); // stays as it was
  };
  return (
    <>
      <QuoteFilters search={search} onChange={change} />
      {error && <TroubleNotice error={error} of="The quotes" onRetry={() => refetch()} />}
      {!list && loading && <Bones lines={6} height={40} label="the quotes" />}
      {list && list.nodes.length > 0 && (
        <ul className={classes.quotes} aria-busy={loading} aria-label="Quotes">
          {list.nodes.map((quote) => (
            <QuoteEntry key={quote.id} quote={quote} />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && !loading && (
        <EmptyState title={Object.keys(search).length > 0 ? "No quote fits" : "No quotes yet"}>
          {Object.keys(search).length > 0 ? (
            <Button variant="default" size="xs" onClick={() => change({})}>
              Show all quotes
            </Button>
          ) : (
            <>
              A quote keeps a price for some days, to show it around before anybody orders.{" "}
              {mayQuote && <Link to="/order">Put a machine together</Link>}
            </>
          )}
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
    </>
  );
}
