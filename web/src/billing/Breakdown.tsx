import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { useQuery } from "@apollo/client/react";
import { SegmentedControl } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { Meter } from "../components/Meter.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { BillingBreakdownDocument, type SpendBreakdown } from "../gql/graphql.js";
import classes from "./Billing.module.css";
import { parseBillingSearch } from "./billing-search.js";

interface BreakdownProps {
  period: { from: string; to: string } | null;
  by: SpendBreakdown;
}

/** What the money went to, the largest part first. */
export function Breakdown({ period, by }: BreakdownProps) {
  const navigate = useNavigate({ from: "/billing" });
  const { data, error, loading, refetch } = useQuery(BillingBreakdownDocument, { variables: { period, by } });
  const slices = data?.organisation?.spend?.breakdown;
  return (
    <Panel
      title="What it went to"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Split by"
          value={by}
          onChange={(value) => {
            const search = (before: object) => parseBillingSearch({ ...before, by: value });
            navigate({ search, replace: true, resetScroll: false }).catch(() => undefined);
          }}
          data={[
            { value: "VM", label: "Machine" },
            { value: "SERVICE", label: "Service" },
            { value: "RESOURCE", label: "Resource" },
          ]}
        />
      }
    >
      {slices && slices.length > 0 && (
        <table className={classes.table}>
          <caption className="visually-hidden">What was charged, by part</caption>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col" className="numeric">
                Amount
              </th>
              <th scope="col" className="numeric">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {slices.map(({ label, vm, amount, shareBasisPoints }) => (
              <tr key={vm?.id ?? label}>
                <th scope="row" className={classes.part}>
                  {vm ? (
                    <Link to="/machines/$id" params={{ id: vm.id }}>
                      {label}
                    </Link>
                  ) : (
                    label
                  )}
                </th>
                <td className="numeric">{amount.formatted}</td>
                <td className={classes.share}>
                  <Meter share={shareBasisPoints / 100} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {slices?.length === 0 && (
        <EmptyState title="Nothing was charged in this time">
          Machines are charged by the hour, and services when their period begins.
        </EmptyState>
      )}
      {!slices && loading && <Bones lines={5} height={24} label="what it went to" />}
      {!slices && !loading && error && <TroubleNotice error={error} onRetry={() => refetch()} />}
    </Panel>
  );
}
