import { useApolloClient } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { onOwnOrigin } from "../api/server.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { QuotePdfDocument } from "../gql/graphql.js";

/** The quote as a file to send around; its link is asked for when it is wanted, because it does not live long. */
export function QuotePdf({ quoteId }: { quoteId: string }) {
  const client = useApolloClient();
  const { busy, problem, run } = useAction();
  const download = async () => {
    const { data } = await client.query({
      query: QuotePdfDocument,
      variables: { id: quoteId },
      fetchPolicy: "no-cache",
    });
    const pdf = data?.quote?.pdf;
    if (!pdf) return NO_ANSWER;
    // An attachment: the page stays where it is.
    window.location.assign(onOwnOrigin(pdf.url));
    return null;
  };
  return (
    <>
      <Button variant="default" size="xs" loading={busy} onClick={() => run(download)}>
        Download PDF
      </Button>
      <ProblemText>{problem}</ProblemText>
    </>
  );
}
