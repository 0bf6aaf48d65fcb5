import { useApolloClient } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { onOwnOrigin } from "../api/server.js";
import { ProblemText } from "../components/ProblemText.js";
import { useAction } from "../components/use-action.js";
import { TopUpReceiptDocument } from "../gql/graphql.js";

/** Fetches the receipt of a payment; its link lives for some minutes only, so it is asked for when it is wanted. */
export function ReceiptButton({ topUpId, reference }: { topUpId: string; reference: string }) {
  const client = useApolloClient();
  const { busy, problem, run } = useAction();
  const fetchReceipt = () =>
    run(async () => {
      const { data } = await client.query({
        query: TopUpReceiptDocument,
        variables: { id: topUpId },
        fetchPolicy: "no-cache",
      });
      const url = data?.topUp?.receipt?.url;
      if (!url) return "There is no receipt at the moment; try again.";
      // An attachment: the page stays where it is.
      window.location.assign(onOwnOrigin(url));
      return null;
    });
  return (
    <>
      <Button size="xs" variant="default" loading={busy} onClick={fetchReceipt} aria-label={`Receipt of ${reference}`}>
        Receipt
      </Button>
      <ProblemText>{problem}</ProblemText>
    </>
  );
}
