import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { useQuery } from "@apollo/client/react";
import { SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { LoadMore } from "../components/LoadMore.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { type WalletNowFragment, WalletTransactionsDocument } from "../gql/graphql.js";
import { TransactionFilters } from "./TransactionFilters.js";
import { TransactionReason, useMayReadReasons } from "./TransactionReason.js";
import classes from "./Wallet.module.css";
import { filterOf, isFiltered, parseWalletSearch, type WalletSearch } from "./wallet-search.js";
import { ENTRY_KINDS } from "./wallet-words.js";

const PAGE = 20;

/**
 * Everything that moved the wallet, newest first. Whenever the balance changes, what is new is put on top, and what was
 * loaded further down stays.
 */
export function Transactions({ wallet }: { wallet: WalletNowFragment }) {
  const formats = useFormats();
  const search = useSearch({ from: "/shell/wallet" });
  const { kind } = search;
  const navigate = useNavigate({ from: "/wallet" });
  const { id: walletId, currency } = wallet;
  const filter = filterOf(search, { currency, locale: formats.locale, timeZone: formats.timeZone });
  const change = (changed: WalletSearch) => {
    navigate({ search: changed, replace: true, resetScroll: false }).catch(() => undefined);
  };
  const withReasons = useMayReadReasons();
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(WalletTransactionsDocument, {
    variables: { walletId, first: PAGE, filter, withReasons },
    notifyOnNetworkStatusChange: true,
    refetchWritePolicy: "merge",
  });
  const list = (data ?? previousData)?.wallet?.transactions;
  useWhenChanged(`${wallet.posted.formatted} ${wallet.held.formatted}`, () => {
    refetch().catch(() => undefined); // told by the query's own error
  });

  return (
    <Panel
      title="Transactions"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Which transactions"
          value={kind ?? "all"}
          onChange={(value) => change(parseWalletSearch({ ...search, kind: value }))}
          data={[
            { value: "all", label: "All" },
            { value: "top-ups", label: "Top-ups" },
            { value: "orders", label: "Orders" },
            { value: "usage", label: "Usage" },
            { value: "other", label: "Other" },
          ]}
        />
      }
    >
      <TransactionFilters walletId={walletId} currency={currency} search={search} filter={filter} onChange={change} />
      {list && list.nodes.length > 0 && (
        <ul className={classes.transactions}>
          {list.nodes.map(({ id, amount, balanceAfter, entry }) => (
            <li key={id}>
              <div>
                <p className={classes.description}>{entry.description}</p>
                <p className="small dimmed">
                  {ENTRY_KINDS[entry.kind]} · <time dateTime={entry.eventAt}>{formats.dateTime(entry.eventAt)}</time>{" "}
                  <span className={classes.reason}>
                    <TransactionReason entry={entry} />
                  </span>
                </p>
              </div>
              <div className="numeric">
                <p className={amount.minorUnits.startsWith("-") ? undefined : classes.incoming}>
                  {amount.minorUnits.startsWith("-") ? "" : "+"}
                  {amount.formatted}
                </p>
                <p className="small dimmed">
                  <span className="visually-hidden">Balance after it: </span>
                  {balanceAfter.formatted}
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title={isFiltered(search) ? "Nothing of this kind" : "Nothing moved yet"}>
          Top-ups, orders and what machines use are listed here as they happen.
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
      {!list && !error && <Bones lines={6} height={32} label="the transactions" />}
      {!list && error && <TroubleNotice error={error} of="The transactions" onRetry={() => refetch()} />}
    </Panel>
  );
}

/** Calls back when a value is another one than before, not at first. */
function useWhenChanged(value: string, callback: () => void): void {
  const before = useRef(value);
  const latest = useRef(callback);
  latest.current = callback;
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    latest.current();
  }, [value]);
}
