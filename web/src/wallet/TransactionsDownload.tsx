import { useApolloClient } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { type DownloadFormat, type TransactionFilter, TransactionsDownloadDocument } from "../gql/graphql.js";
import classes from "./Transactions.module.css";

/** All transactions that a filter finds, as a file. */
export function TransactionsDownload({ walletId, filter }: { walletId: string; filter: TransactionFilter | null }) {
  const client = useApolloClient();
  const { busy, problem, run } = useAction();
  const download = (format: DownloadFormat) =>
    run(async () => {
      const { data } = await client.query({
        query: TransactionsDownloadDocument,
        variables: { walletId, filter, format },
        fetchPolicy: "no-cache",
      });
      if (!data?.transactionsDownload) return NO_ANSWER;
      // An attachment: the page stays where it is.
      window.location.assign(data.transactionsDownload.url);
      return null;
    });
  return (
    <div className={classes.downloads}>
      <Button variant="default" size="xs" loading={busy} onClick={() => download("CSV")}>
        Download CSV
      </Button>
      <Button variant="default" size="xs" disabled={busy} onClick={() => download("JSON_LINES")}>
        JSON
      </Button>
      <ProblemText>{problem}</ProblemText>
    </div>
  );
}
