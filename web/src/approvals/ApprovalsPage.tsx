import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ApprovalsDocument, UnreadCountDocument } from "../gql/graphql.js";
import { Approval } from "./Approval.js";
import classes from "./Approvals.module.css";

const PAGE = 30;
const POLL_MS = 15_000;

/** Transfers that people of the estate say they made: compared with the bank, then approved or rejected. */
export function ApprovalsPage() {
  const may = useMay("topUp:approve");
  const [more, setMore] = useState(false);
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(ApprovalsDocument, {
    variables: { first: PAGE },
    skip: !may,
    pollInterval: POLL_MS,
    // Asking anew begins at the first page again: not while somebody has gone on from it.
    skipPollAttempt: () => document.visibilityState === "hidden" || more,
  });
  useWhenTold(() => {
    if (may && !more) refetch().catch(() => undefined); // told by the query's own error
  });
  // Those decided here stay in the list's page of the cache with their new state.
  const waiting = data?.topUps?.nodes.filter(({ state }) => state === "AWAITING_APPROVAL");

  return (
    <>
      <PageHeader
        title="Approvals"
        aside={
          <>
            {waiting && <span className="dimmed">{waiting.length} waiting</span>}
            <Link to="/payments">All payments</Link>
          </>
        }
      />
      {!may && (
        <EmptyState title="You may not approve top-ups">
          Ask whoever runs your organisation for the permission to approve manual payments.
        </EmptyState>
      )}
      {waiting && waiting.length > 0 && (
        <ul className={classes.list}>
          {waiting.map((topUp) => (
            <Approval key={topUp.id} topUp={topUp} />
          ))}
        </ul>
      )}
      {waiting?.length === 0 && (
        <EmptyState title="Nothing waits for you">
          When somebody of your estate tops up by bank transfer, the proof is shown here to be approved or rejected.
        </EmptyState>
      )}
      {data?.topUps?.pageInfo.hasNextPage && (
        <Button
          variant="default"
          mt="lg"
          loading={networkStatus === NetworkStatus.fetchMore}
          onClick={() => {
            setMore(true);
            fetchMore({ variables: { after: data.topUps?.pageInfo.endCursor } }).catch(() => undefined); // told by the query's own error
          }}
        >
          Load more
        </Button>
      )}
      {may && !waiting && !error && <Bones lines={5} height={56} label="what waits" />}
      {may && !waiting && error && <TroubleNotice error={error} of="The approvals" onRetry={() => refetch()} />}
    </>
  );
}

/** Whoever may approve is notified of each transfer that waits: with the news comes the list. */
function useWhenTold(callback: () => void) {
  const { data } = useQuery(UnreadCountDocument);
  const unread = data?.me?.notifications?.unreadCount;
  const before = useRef(unread);
  const told = useEffectEvent(callback);
  useEffect(() => {
    const isNews = before.current !== undefined && unread !== undefined && unread > before.current;
    before.current = unread;
    if (isNews) told();
  }, [unread]);
}
