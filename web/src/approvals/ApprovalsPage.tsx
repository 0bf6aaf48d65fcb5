import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ApprovalsDocument } from "../gql/graphql.js";
import { Approval } from "./Approval.js";
import classes from "./Approvals.module.css";

const PAGE = 30;
const POLL_MS = 15_000;

/** Transfers that people of the estate say they made: compared with the bank, then approved or rejected. */
export function ApprovalsPage() {
  const may = useMay("topUp:approve");
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(ApprovalsDocument, {
    variables: { first: PAGE },
    skip: !may,
    pollInterval: POLL_MS,
    skipPollAttempt: () => document.visibilityState === "hidden",
  });
  // Those decided here stay in the list's page of the cache with their new state.
  const waiting = data?.topUps?.nodes.filter(({ state }) => state === "AWAITING_APPROVAL");

  return (
    <>
      <PageHeader title="Approvals" aside={waiting && <span className="dimmed">{waiting.length} waiting</span>} />
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
