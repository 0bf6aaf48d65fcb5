import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { LoadMore } from "../components/LoadMore.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ABSENT } from "../format/formats.js";
import { EstateSpendDocument } from "../gql/graphql.js";
import classes from "./Billing.module.css";

const PAGE = 20;

interface EstateSpendProps {
  period: { from: string; to: string };
  /** Of one currency at a time: amounts of several add up to nothing. */
  currency: string;
}

/** What organisations of the estate are charged, the most first; each name leads to its organisation. */
export function EstateSpend({ period, currency }: EstateSpendProps) {
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(EstateSpendDocument, {
    variables: { first: PAGE, period: { from: period.from, to: period.to }, currency },
    notifyOnNetworkStatusChange: true,
  });
  const list = (data ?? previousData)?.estateSpend;
  return (
    <Panel title="By organisation" aside={list && <span>{list.total.formatted} in all</span>}>
      {list && list.nodes.length > 0 && (
        <table className={classes.table}>
          <caption className="visually-hidden">What organisations were charged in this time</caption>
          <thead>
            <tr>
              <th scope="col">Organisation</th>
              <th scope="col" className="numeric">
                Spent
              </th>
              <th scope="col" className="numeric">
                By the end
              </th>
            </tr>
          </thead>
          <tbody>
            {list.nodes.map(({ organisation, amount, projected }, nth) => (
              <tr key={organisation?.id ?? nth}>
                <th scope="row" className={classes.part}>
                  {organisation ? (
                    <Link to="/organisation" search={{ selected: organisation.id }}>
                      {organisation.name}
                    </Link>
                  ) : (
                    ABSENT
                  )}
                </th>
                <td className="numeric">{amount.formatted}</td>
                <td className="numeric">{projected?.formatted ?? ABSENT}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title="Nothing was charged in this time">
          Organisations below yours are listed here with what they are charged.
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
      {!list && !error && <Bones lines={6} height={32} label="the organisations" />}
      {!list && error && <TroubleNotice error={error} of="The organisations" onRetry={() => refetch()} />}
    </Panel>
  );
}
