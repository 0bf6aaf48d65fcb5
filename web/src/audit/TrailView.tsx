import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { AuditEntriesDocument } from "../gql/graphql.js";
import classes from "./Audit.module.css";
import { AuditEntryRow } from "./AuditEntryRow.js";
import { AuditFilters } from "./AuditFilters.js";
import { type AuditSearch, filterOf, isFiltered } from "./audit-search.js";

const PAGE = 30;

/** The entries that a filter finds, newest first. */
export function TrailView({ search }: { search: AuditSearch }) {
  const navigate = useNavigate({ from: "/audit" });
  const formats = useFormats();
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(AuditEntriesDocument, {
    variables: { first: PAGE, filter: filterOf(search) },
    notifyOnNetworkStatusChange: true,
    fetchPolicy: "cache-and-network",
  });
  const list = (data ?? previousData)?.auditEntries;
  const loading = networkStatus === NetworkStatus.loading || networkStatus === NetworkStatus.setVariables;
  const change = (next: AuditSearch) => {
    navigate({ search: next, replace: true, resetScroll: false }).catch(() => undefined);
  };

  return (
    <>
      <AuditFilters search={search} onChange={change} />
      {error && <TroubleNotice error={error} of="The audit trail" onRetry={() => refetch()} />}
      {!list && loading && <Bones lines={10} height={36} label="the audit trail" />}
      {list && list.nodes.length > 0 && (
        <ul className={classes.entries} aria-busy={loading} aria-label="Entries">
          {list.nodes.map((entry) => (
            <AuditEntryRow key={entry.id} entry={entry} search={search} />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && !loading && (
        <EmptyState title={isFiltered(search) ? "No entry fits" : "Nothing yet"}>
          {isFiltered(search) ? (
            <Button variant="default" size="xs" onClick={() => change({})}>
              Show all entries
            </Button>
          ) : (
            "Whatever somebody changes, and whatever is refused to somebody, is listed here."
          )}
        </EmptyState>
      )}
      {list?.pageInfo.hasNextPage && (
        <div className={classes.more}>
          <Button
            variant="default"
            loading={networkStatus === NetworkStatus.fetchMore}
            onClick={() => {
              fetchMore({ variables: { after: list.pageInfo.endCursor } }).catch(() => undefined); // told by the query's own error
            }}
          >
            Load more
          </Button>
          <span className="dimmed">{formats.number(list.nodes.length)} shown</span>
        </div>
      )}
    </>
  );
}
