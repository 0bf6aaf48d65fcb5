import { useApolloClient } from "@apollo/client/react";
import { TableDownload } from "../components/TableDownload.js";
import { type DownloadFormat, type TransactionFilter, TransactionsDownloadDocument } from "../gql/graphql.js";

/** All transactions that a filter finds, as a file. */
export function TransactionsDownload({ walletId, filter }: { walletId: string; filter: TransactionFilter | null }) {
  const client = useApolloClient();
  const link = async (format: DownloadFormat) => {
    const { data } = await client.query({
      query: TransactionsDownloadDocument,
      variables: { walletId, filter, format },
      fetchPolicy: "no-cache",
    });
    return data?.transactionsDownload?.url;
  };
  return <TableDownload link={link} />;
}
