import { useQuery } from "@apollo/client/react";
import { IconCircleCheck, IconCoins } from "@tabler/icons-react";
import { useEffect, useEffectEvent } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Panel } from "../components/Panel.js";
import { type FundsFragment, WalletOverviewDocument } from "../gql/graphql.js";
import classes from "./Order.module.css";
import { TopUpInPlace } from "./TopUpInPlace.js";

interface FundsPanelProps {
  funds: FundsFragment | null;
  walletId: string | null;
  /** The wallet has another amount than before: the check is out of date. */
  onToppedUp(): void;
}

/** Whether the money for the machine is there, and what is missing with a way to bring it. */
export function FundsPanel({ funds, walletId, onToppedUp }: FundsPanelProps) {
  const formats = useFormats();
  const mayTopUp = useMay("wallet:topUp");
  useWhenAvailableChanges(walletId !== null, onToppedUp);
  if (!funds) return null;
  const days = Math.round(funds.runwayHours / 24);
  return (
    <Panel title="Money">
      <p className={funds.allowed ? classes.enough : classes.short}>
        {funds.allowed ? (
          <IconCircleCheck size={16} stroke={1.8} aria-hidden />
        ) : (
          <IconCoins size={16} stroke={1.8} aria-hidden />
        )}
        {funds.allowed ? "The wallet holds enough." : `The wallet is short of ${funds.shortfall.formatted}.`}
      </p>
      <dl className={classes.facts}>
        <dt>Available</dt>
        <dd>{funds.available.formatted}</dd>
        <dt>Needed</dt>
        <dd>{funds.needed.formatted}</dd>
        {!funds.allowed && (
          <>
            <dt>Missing</dt>
            <dd>{funds.shortfall.formatted}</dd>
          </>
        )}
        {funds.allowed && funds.runsOutAt && (
          <>
            <dt>With it the money lasts until</dt>
            <dd>{formats.dateTime(funds.runsOutAt)}</dd>
          </>
        )}
      </dl>
      {funds.runwayHours > 0 && (
        <p className={`small dimmed ${classes.note}`}>
          A machine starts only when the wallet pays for everything that runs, and for this one, for {days} days.
        </p>
      )}
      {!funds.allowed && walletId && mayTopUp && (
        <TopUpInPlace walletId={walletId} currency={funds.shortfall.currency} shortfall={funds.shortfall.minorUnits} />
      )}
      {!funds.allowed && !mayTopUp && <p>Ask whoever runs your organisation to top the wallet up.</p>}
    </Panel>
  );
}

/** The shell keeps the wallet in the cache as it is now; this page only looks when its money changes. */
function useWhenAvailableChanges(active: boolean, callback: () => void) {
  const { data } = useQuery(WalletOverviewDocument, { skip: !active });
  const available = data?.organisation?.wallet?.available.minorUnits;
  const told = useEffectEvent(callback);
  useEffect(() => {
    if (available !== undefined) told();
  }, [available]);
}
