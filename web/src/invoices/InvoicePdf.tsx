import { useApolloClient } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { onOwnOrigin } from "../api/server.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { InvoicePdfDocument } from "../gql/graphql.js";

interface InvoicePdfProps {
  invoiceId: string;
  /** One of its credit notes instead. */
  creditNoteId?: string;
}

/** The document as a file; its link is asked for when it is wanted, because it does not live long. */
export function InvoicePdf({ invoiceId, creditNoteId }: InvoicePdfProps) {
  const client = useApolloClient();
  const { busy, problem, run } = useAction();
  const download = async () => {
    const { data } = await client.query({
      query: InvoicePdfDocument,
      variables: { id: invoiceId },
      fetchPolicy: "no-cache",
    });
    const found = data?.invoice;
    const pdf = creditNoteId ? found?.creditNotes.find(({ id }) => id === creditNoteId)?.pdf : found?.pdf;
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
