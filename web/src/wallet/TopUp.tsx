import "@mantine/core/styles/Input.css";
import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useEffect, useEffectEvent, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { RecentTopUpsDocument, type TopUpNowFragment, TopUpProgressDocument } from "../gql/graphql.js";
import { AmountForm } from "./AmountForm.js";
import { PayStep } from "./PayStep.js";
import { TransferForm } from "./TransferForm.js";
import classes from "./Wallet.module.css";
import { isOpen, TOP_UP_STATES } from "./wallet-words.js";

const POLL_MS = 4_000;

interface TopUpProps {
  walletId: string;
  currency: string;
  /** Minor units that are offered to begin with, such as a shortfall. */
  suggested?: string;
  /** The top-up that the person comes back from paying. */
  cameBackFrom?: string | undefined;
  /** One that the person takes up again. */
  resumed?: string | undefined;
  /** What comes when it is over; another top-up where it is left out. */
  next?: NextStep;
  /** The money came, or will not. */
  onSettled?(): void;
}

interface NextStep {
  label: string;
  go(): void;
}

/** A top-up from the amount to its result; one that is under way is taken up again, here or on another page. */
export function TopUp({ walletId, currency, suggested, cameBackFrom, resumed, next, onSettled }: TopUpProps) {
  const [chosen, setChosen] = useState<string | "new" | null>(resumed ?? cameBackFrom ?? null);
  const { data, error, loading, refetch } = useQuery(RecentTopUpsDocument, { variables: { walletId } });
  const underWay = data?.topUps?.nodes.find(({ state }) => isOpen(state));
  const shown = chosen === "new" ? null : (chosen ?? underWay?.id ?? null);

  if (!data && loading) return <Bones lines={3} label="your top-ups" />;
  if (!data?.topUps && error) return <TroubleNotice error={error} of="Topping up" onRetry={() => refetch()} />;
  if (shown)
    return (
      <Progress
        key={shown}
        id={shown}
        cameBack={shown === cameBackFrom}
        next={next ?? { label: "Another top-up", go: () => setChosen("new") }}
        onSettled={onSettled}
      />
    );
  return (
    <AmountForm
      walletId={walletId}
      currency={currency}
      suggested={suggested}
      onStarted={(id) => {
        setChosen(id);
        refetch().catch(() => undefined); // the list only; the top-up itself is shown
      }}
    />
  );
}

interface ProgressProps {
  id: string;
  cameBack: boolean;
  next: NextStep;
  onSettled: TopUpProps["onSettled"];
}

function Progress({ id, cameBack, next, onSettled }: ProgressProps) {
  const { data, error, refetch } = useQuery(TopUpProgressDocument, {
    variables: { id },
    pollInterval: POLL_MS,
    skipPollAttempt: () => document.visibilityState === "hidden",
  });
  const topUp = data?.topUp;
  const isSettled = topUp ? !isOpen(topUp.state) : false;
  const tell = useEffectEvent(() => onSettled?.());
  useEffect(() => {
    if (isSettled) tell();
  }, [isSettled]);
  if (!topUp) {
    return error ? (
      <TroubleNotice error={error} of="The top-up" onRetry={() => refetch()} />
    ) : (
      <Bones lines={3} label="the top-up" />
    );
  }
  if (topUp.step?.__typename === "TransferStep" && topUp.state !== "AWAITING_APPROVAL") {
    return <TransferForm topUp={topUp} step={topUp.step} onLeft={next.go} />;
  }
  if (topUp.provider !== "MANUAL" && (topUp.state === "INITIALISED" || topUp.state === "PENDING")) {
    return <PayStep topUp={topUp} cameBack={cameBack} onLeft={next.go} />;
  }
  return <Outcome topUp={topUp} next={next} />;
}

function Outcome({ topUp, next }: { topUp: TopUpNowFragment; next: NextStep }) {
  const formats = useFormats();
  const reason = topUp.decisionReason ?? topUp.failureReason;
  return (
    <div className={classes.form} role="status">
      <p className={classes.outcome}>
        {topUp.amount.formatted}: {TOP_UP_STATES[topUp.state]}
      </p>
      {topUp.state === "AWAITING_APPROVAL" && (
        <p className="dimmed">
          Somebody of the organisation above yours compares it with the bank. You may leave this page: you are told as
          soon as it is decided. Reference {topUp.reference}.
        </p>
      )}
      {topUp.state === "SUCCEEDED" && (
        <p className="dimmed">
          On {formats.dateTime(topUp.settledAt)}.{topUp.bonus && ` A coupon added ${topUp.bonus.formatted}.`}
        </p>
      )}
      {reason && <p>{reason}</p>}
      <Button variant="default" onClick={next.go}>
        {next.label}
      </Button>
    </div>
  );
}
