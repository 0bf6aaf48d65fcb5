import { useApolloClient } from "@apollo/client/react";
import { useVisible } from "../components/use-visible.js";
import { WalletChangedDocument, WalletNowFragmentDoc } from "../gql/graphql.js";
import { useLive } from "../live/use-live.js";

/** Keeps a wallet in the cache as it is now: every page that shows it follows. Rests while nobody looks. */
export function useWalletLive(walletId: string | undefined): void {
  const client = useApolloClient();
  const visible = useVisible();
  useLive(
    WalletChangedDocument,
    { walletId: walletId ?? "" },
    walletId !== undefined && visible,
    ({ walletChanged }) => {
      client.cache.writeFragment({
        id: `Wallet:${walletChanged.id}`,
        fragment: WalletNowFragmentDoc,
        fragmentName: "WalletNow",
        data: withNames(walletChanged),
      });
    },
  );
}

const MONEY_FIELDS = ["available", "posted", "held", "reserved", "owed", "creditLimit", "burnRate"] as const;

/** The live connection asks for no type names, which the cache wants. */
function withNames<T extends Record<(typeof MONEY_FIELDS)[number], object>>(wallet: T): T & { __typename: "Wallet" } {
  const amounts = MONEY_FIELDS.map((field) => [field, { ...wallet[field], __typename: "Money" }]);
  return { ...wallet, ...Object.fromEntries(amounts), __typename: "Wallet" };
}
