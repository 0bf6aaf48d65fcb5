import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { OrderLink } from "../components/OrderLink.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { DashboardDocument } from "../gql/graphql.js";
import classes from "./Dashboard.module.css";
import { FleetTotals } from "./FleetTotals.js";
import { LatestNotifications } from "./LatestNotifications.js";
import { TopConsumers } from "./TopConsumers.js";
import { useFleet } from "./use-fleet.js";
import { WalletBalance } from "./WalletBalance.js";

// The charts bring a library along: the figures do not wait for it.
const FleetPulse = lazy(() => import("./FleetPulse.js").then((module) => ({ default: module.FleetPulse })));
const BusiestMachines = lazy(() =>
  import("./BusiestMachines.js").then((module) => ({ default: module.BusiestMachines })),
);

function ChartsOnTheirWay() {
  return <Bones lines={2} height={240} label="the charts" />;
}

/** The estate at a glance: totals, the live pulse, what uses most, the money, and what happened last. */
export function DashboardPage() {
  const mayReadWallet = useMay("wallet:read");
  const mayReadMachines = useMay("vm:read");
  const mayOrder = useMay("order:place");
  const { data, error, loading, refetch } = useQuery(DashboardDocument, { skip: !mayReadMachines });
  const fleet = useFleet(data?.organisation?.fleet ?? null);

  if (!fleet && loading) {
    return (
      <>
        <PageHeader title="Dashboard" />
        <Bones lines={6} height={32} label="the dashboard" />
      </>
    );
  }

  return (
    <>
      <PageHeader title="Dashboard" />
      {error && !fleet && <TroubleNotice error={error} of="The fleet" onRetry={() => refetch()} />}
      {fleet && <FleetTotals fleet={fleet} />}
      {fleet?.machines === 0 && (
        <EmptyState title="No machine yet">
          As soon as a machine of this organisation, or of one below it, runs, its use shows here. All of them are
          listed under <Link to="/machines">Machines</Link>.
          {mayOrder && (
            <p className={classes.order}>
              <OrderLink />
            </p>
          )}
        </EmptyState>
      )}
      <div className={classes.columns}>
        <div className={classes.wide}>
          {fleet && fleet.machines > 0 && (
            <Suspense fallback={<ChartsOnTheirWay />}>
              <FleetPulse />
              <BusiestMachines />
            </Suspense>
          )}
        </div>
        <div className={classes.narrow}>
          {mayReadWallet && <WalletBalance />}
          {fleet && fleet.machines > 0 && <TopConsumers />}
          <LatestNotifications />
        </div>
      </div>
    </>
  );
}
