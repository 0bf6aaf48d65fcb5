import { useApolloClient } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { AuditDownloadDocument, type DownloadFormat } from "../gql/graphql.js";
import classes from "./Audit.module.css";
import { type AuditSearch, filterOf } from "./audit-search.js";

/** All that the filter finds, as a file. */
export function Downloads({ search }: { search: AuditSearch }) {
  const client = useApolloClient();
  const { busy, problem, run } = useAction();
  const download = (format: DownloadFormat) =>
    run(async () => {
      const { data } = await client.query({
        query: AuditDownloadDocument,
        variables: { filter: filterOf(search), format },
        fetchPolicy: "no-cache",
      });
      if (!data?.auditDownload) return NO_ANSWER;
      // An attachment: the page stays where it is.
      window.location.assign(data.auditDownload.url);
      return null;
    });
  return (
    <div className={classes.downloads}>
      <Button variant="default" loading={busy} onClick={() => download("CSV")}>
        Download CSV
      </Button>
      <Button variant="default" disabled={busy} onClick={() => download("JSON_LINES")}>
        Download JSON
      </Button>
      <ProblemText>{problem}</ProblemText>
    </div>
  );
}
