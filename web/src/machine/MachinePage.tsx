import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { codeOf } from "../api/problems.js";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { StateLabel } from "../components/StateLabel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { MachineDocument } from "../gql/graphql.js";
import { CostPanel, Facts } from "./Facts.js";
import { HealthPanel } from "./HealthPanel.js";
import { LiveUsage } from "./LiveUsage.js";
import classes from "./Machine.module.css";
import { PastUsage } from "./PastUsage.js";
import { PowerActions } from "./PowerActions.js";

const ABOVE = { label: "Machines", to: "/machines" } as const;
const POLL_MS = 60_000;
/** Billing hears of a machine's new state a moment after the page does. */
const SETTLE_MS = 1_500;

/** One machine: what it is, how it fares, what it uses now and what it used before. */
export function MachinePage() {
  const { id } = useParams({ from: "/shell/machines/$id" });
  const withCost = useMay("usage:read");
  const withWallet = useMay("wallet:read");
  const { data, error, loading, refetch } = useQuery(MachineDocument, {
    variables: { id, withCost, withWallet },
    pollInterval: POLL_MS,
    skipPollAttempt: () => document.visibilityState === "hidden",
  });
  const machine = data?.vm;
  useSettled(machine?.state, () => {
    refetch().catch(() => undefined); // told by the query's own error
  });

  if (machine) {
    return (
      <>
        <PageHeader
          title={machine.name}
          above={ABOVE}
          aside={<StateLabel state={machine.state} />}
          action={<PowerActions machine={machine} />}
        />
        {machine.stateReason && <p className={classes.reason}>{machine.stateReason}</p>}
        <div className={classes.columns}>
          <div className={classes.wide}>
            <LiveUsage key={machine.id} machine={machine} />
            <PastUsage machine={machine} />
          </div>
          <div className={classes.narrow}>
            <div className={classes.summary}>
              <HealthPanel health={machine.health} />
              <CostPanel machine={machine} />
            </div>
            <div className={classes.details}>
              <Facts machine={machine} />
            </div>
          </div>
        </div>
      </>
    );
  }
  if (loading) {
    return (
      <>
        <PageHeader title="Machine" above={ABOVE} />
        <Bones lines={6} height={40} label="the machine" />
      </>
    );
  }
  return (
    <>
      <PageHeader title="Machine" above={ABOVE} />
      {error && codeOf(error) !== "NOT_FOUND" ? (
        <TroubleNotice error={error} of="The machine" onRetry={() => refetch()} />
      ) : (
        <EmptyState title="There is no such machine in your estate.">
          It may have been removed, or it belongs to another organisation. <Link to="/machines">See all machines</Link>
        </EmptyState>
      )}
    </>
  );
}

/** Calls back some time after a state has become another one: what it costs now, and until when it is paid for. */
function useSettled(state: string | undefined, callback: () => void) {
  const settled = useEffectEvent(callback);
  const [known, setKnown] = useState(state);
  useEffect(() => {
    if (state === known) return;
    if (known === undefined) {
      setKnown(state);
      return;
    }
    const timer = setTimeout(() => {
      setKnown(state);
      settled();
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [state, known]);
}
