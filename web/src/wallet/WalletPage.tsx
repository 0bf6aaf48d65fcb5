import { useQuery } from "@apollo/client/react";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { useHome } from "../app/use-home.js";
import { useWalletLive } from "../app/use-wallet-live.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { type WalletNowFragment, WalletOverviewDocument } from "../gql/graphql.js";
import { HowItPays } from "../modes/HowItPays.js";
import { AdjustWallet } from "./AdjustWallet.js";
import { RecentTopUps } from "./RecentTopUps.js";
import { runwaySeconds } from "./runway.js";
import { TopUp } from "./TopUp.js";
import { Transactions } from "./Transactions.js";
import classes from "./Wallet.module.css";
import { parseWalletSearch } from "./wallet-search.js";
import { WALLET_STATES } from "./wallet-words.js";

/** The organisation's money: what there is, for how long it lasts, what moved it, and how more comes in. */
export function WalletPage() {
  const mayTopUp = useMay("wallet:topUp");
  const may = useMay("wallet:read");
  const { topUp, currency } = useSearch({ from: "/shell/wallet" });
  const [resumed, setResumed] = useState<string>();
  const { data, previousData, error, loading, refetch } = useQuery(WalletOverviewDocument, {
    variables: { currency: currency ?? null },
    skip: !may,
  });
  const organisation = (data ?? previousData)?.organisation;
  const wallet = organisation?.wallet;
  const { organisation: home } = useHome();
  const others = organisation?.wallets ?? [];
  // That of the main currency is followed by the summary above every page.
  useWalletLive(currency ? wallet?.id : undefined);
  return (
    <>
      <PageHeader
        title="Wallet"
        action={wallet && <AdjustWallet wallet={wallet} />}
        aside={others.length > 1 && <CurrencySwitch current={wallet?.currency} wallets={others} />}
      />
      {!may && (
        <EmptyState title="You may not see the wallet">
          Ask whoever runs your organisation for the permission to read the wallet.
        </EmptyState>
      )}
      {wallet && (
        <>
          <Figures wallet={wallet} />
          <div className={classes.columns}>
            <Transactions wallet={wallet} />
            <div>
              {mayTopUp && (
                <Panel title="Top up">
                  <TopUp
                    key={`${wallet.id} ${resumed ?? topUp}`}
                    walletId={wallet.id}
                    currency={wallet.currency}
                    cameBackFrom={topUp}
                    resumed={resumed}
                  />
                </Panel>
              )}
              <RecentTopUps walletId={wallet.id} onResume={mayTopUp ? setResumed : undefined} />
              {home && <HowItPays organisation={home} />}
            </div>
          </div>
        </>
      )}
      {!wallet && loading && <Bones lines={6} height={32} label="the wallet" />}
      {!wallet && error && <TroubleNotice error={error} of="The wallet" onRetry={() => refetch()} />}
      {may && !wallet && !loading && !error && (
        <EmptyState title="This organisation has no wallet">
          It gets one with its first top-up, or when the organisation above it sets one up.
        </EmptyState>
      )}
    </>
  );
}

/** Each currency has a wallet of its own. */
function CurrencySwitch({
  current,
  wallets,
}: {
  current: string | undefined;
  wallets: readonly { currency: string }[];
}) {
  const { kind } = useSearch({ from: "/shell/wallet" });
  return (
    <nav aria-label="Currency" className={classes.currencies}>
      {wallets.map(({ currency }) => (
        <Link
          key={currency}
          to="/wallet"
          search={parseWalletSearch({ kind, currency })}
          aria-current={currency === current ? "page" : undefined}
        >
          {currency}
        </Link>
      ))}
    </nav>
  );
}

function Figures({ wallet }: { wallet: WalletNowFragment }) {
  const formats = useFormats();
  const runway = runwaySeconds(wallet.available, wallet.burnRate);
  return (
    <section aria-label="Balance" className={classes.figures}>
      <div>
        <p className="small dimmed">Available</p>
        <p className={classes.amount}>{wallet.available.formatted}</p>
        <p className="small">{WALLET_STATES[wallet.state]}</p>
      </div>
      <dl className={classes.facts}>
        <dt>Lasts for</dt>
        <dd>{runway === null ? "Nothing is being used" : formats.duration(runway)}</dd>
        <dt>Runs out</dt>
        <dd>{formats.dateTime(wallet.runsOutAt)}</dd>
        {wallet.graceEndsAt && (
          <>
            <dt>Machines stop</dt>
            <dd>{formats.dateTime(wallet.graceEndsAt)}</dd>
          </>
        )}
        <dt>Used per hour</dt>
        <dd>{wallet.burnRate.formatted}</dd>
      </dl>
      <dl className={classes.facts}>
        <dt>Balance</dt>
        <dd>{wallet.posted.formatted}</dd>
        <dt>Held</dt>
        <dd>{wallet.held.formatted}</dd>
        <dt>Of that, reserves of machines</dt>
        <dd>{wallet.reserved.formatted}</dd>
        {wallet.creditLimit.minorUnits !== "0" && (
          <>
            <dt>Credit limit</dt>
            <dd>{wallet.creditLimit.formatted}</dd>
          </>
        )}
        {wallet.owed.minorUnits !== "0" && (
          <>
            <dt>Owed, taken from the next top-up</dt>
            <dd>{wallet.owed.formatted}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
