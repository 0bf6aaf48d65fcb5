import { useApolloClient } from "@apollo/client/react";
import { TableDownload } from "../components/TableDownload.js";
import { type DownloadFormat, type InvoiceFilter, InvoicesDownloadDocument } from "../gql/graphql.js";

/** All invoices that a filter finds, as a file. */
export function InvoicesDownload({ filter }: { filter: InvoiceFilter }) {
  const client = useApolloClient();
  const link = async (format: DownloadFormat) => {
    const { data } = await client.query({
      query: InvoicesDownloadDocument,
      variables: { filter, format },
      fetchPolicy: "no-cache",
    });
    return data?.invoicesDownload?.url;
  };
  return <TableDownload link={link} />;
}
