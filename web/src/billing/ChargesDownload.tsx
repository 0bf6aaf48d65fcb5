import { useQuery } from "@apollo/client/react";
import { BillingWalletDocument } from "../gql/graphql.js";
import { TransactionsDownload } from "../wallet/TransactionsDownload.js";

/** Everything that moved the wallet in a time, as a file. */
export function ChargesDownload({ period }: { period: { from: string; to: string } }) {
  const { data } = useQuery(BillingWalletDocument);
  const wallet = data?.organisation?.wallet;
  if (!wallet) return null;
  return <TransactionsDownload walletId={wallet.id} filter={{ period: { from: period.from, to: period.to } }} />;
}
