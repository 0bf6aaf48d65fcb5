import { useQuery } from "@apollo/client/react";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { type WalletNowFragment, WalletOverviewDocument } from "../gql/graphql.js";
import { Transactions } from "./Transactions.js";
import classes from "./Wallet.module.css";
import { WALLET_STATES } from "./wallet-words.js";

/** The organisation's money: what there is and what moved it. */
export function WalletPage() {
  const { data, error, loading, refetch } = useQuery(WalletOverviewDocument);
  const wallet = data?.organisation?.wallet;
  return (
    <>
      <PageHeader title="Wallet" />
      {wallet && (
        <>
          <Figures wallet={wallet} />
          <div className={classes.columns}>
            <Transactions wallet={wallet} />
          </div>
        </>
      )}
      {!wallet && loading && <Bones lines={6} height={32} label="the wallet" />}
      {!wallet && error && <TroubleNotice error={error} of="The wallet" onRetry={() => refetch()} />}
      {!wallet && !loading && !error && (
        <EmptyState title="This organisation has no wallet">
          It gets one with its first top-up, or when the organisation above it sets one up.
        </EmptyState>
      )}
    </>
  );
}

function Figures({ wallet }: { wallet: WalletNowFragment }) {
  return (
    <section aria-label="Balance" className={classes.figures}>
      <div>
        <p className="small dimmed">Available</p>
        <p className={classes.amount}>{wallet.available.formatted}</p>
        <p className="small">{WALLET_STATES[wallet.state]}</p>
      </div>
      <dl className={classes.facts}>
        <dt>Balance</dt>
        <dd>{wallet.posted.formatted}</dd>
        <dt>Held</dt>
        <dd>{wallet.held.formatted}</dd>
      </dl>
    </section>
  );
}
