import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { DashboardWalletDocument } from "../gql/graphql.js";
import { runwaySeconds } from "../wallet/runway.js";
import { WALLET_STATES } from "../wallet/wallet-words.js";
import classes from "./Dashboard.module.css";

/** The organisation's money: what is available, for how long that lasts, and what it is made of. */
export function WalletBalance() {
  const { data, error, loading, refetch } = useQuery(DashboardWalletDocument);
  const wallet = data?.organisation?.wallet;
  const formats = useFormats();
  const runway = wallet ? runwaySeconds(wallet.available, wallet.burnRate) : null;
  return (
    <Panel title="Wallet" aside={<Link to="/wallet">Open</Link>}>
      {wallet && (
        <>
          <p className={classes.amount}>{wallet.available.formatted}</p>
          <dl className={classes.facts}>
            <dt>State</dt>
            <dd>{WALLET_STATES[wallet.state]}</dd>
            <dt>Lasts for</dt>
            <dd>{runway === null ? "Nothing is being used" : formats.duration(runway)}</dd>
            <dt>Balance</dt>
            <dd>{wallet.posted.formatted}</dd>
            <dt>Held for orders and machines</dt>
            <dd>{wallet.held.formatted}</dd>
          </dl>
        </>
      )}
      {!wallet && loading && <Bones lines={3} label="the wallet" />}
      {!wallet && error && <TroubleNotice error={error} onRetry={() => refetch()} />}
      {!wallet && !loading && !error && <p className="dimmed">This organisation has no wallet.</p>}
    </Panel>
  );
}
