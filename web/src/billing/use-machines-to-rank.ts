import { useQuery } from "@apollo/client/react";
import { useEffect } from "react";
import { useHomeId } from "../app/use-home.js";
import { MachinesToRankDocument, type MachinesToRankQuery } from "../gql/graphql.js";

const PAGE = 100;

export type MachineToRank = NonNullable<MachinesToRankQuery["vms"]>["nodes"][number];

/** All machines of the organisation itself: a ranking says something of each of them. */
export function useMachinesToRank() {
  const home = useHomeId();
  const { data, error, refetch, fetchMore } = useQuery(MachinesToRankDocument, {
    variables: { first: PAGE, filter: home ? { organisationId: home } : null },
    skip: !home,
  });
  const list = data?.vms;
  const next = list?.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
  useEffect(() => {
    if (next) fetchMore({ variables: { after: next } }).catch(() => undefined); // told by the query's own error
  }, [next, fetchMore]);
  const machines =
    list && !next
      ? list.nodes.filter(({ organisation, state }) => organisation?.id === home && state !== "DELETED")
      : null;
  return { machines, organisationId: home, error, refetch };
}
