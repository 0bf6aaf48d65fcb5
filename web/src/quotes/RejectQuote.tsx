import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { RejectQuoteDocument } from "../gql/graphql.js";

interface RejectQuoteProps {
  quoteId: string;
  onDone(): void;
  onCancel(): void;
}

/** Ends a quote for good, after a question; a reason helps whoever made it. */
export function RejectQuote({ quoteId, onDone, onCancel }: RejectQuoteProps) {
  const [reject] = useMutation(RejectQuoteDocument);
  const [reason, setReason] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const action = useAction();
  const intent = useIntent();
  const go = async () => {
    const input = { quoteId, reason: reason.trim() || null };
    const answer = await reject({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.rejectQuote;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "Quote") {
      onDone();
      return null;
    }
    if (result.__typename !== "InvalidInputProblem") return result.message;
    setRefused(result.fields[0]?.message ?? result.message);
    return null;
  };
  return (
    <>
      <p>Nobody can order from a rejected quote. A new one may have another price.</p>
      <Textarea
        label="Reason, if you want to give one"
        rows={3}
        maxLength={500}
        value={reason}
        onChange={(event) => {
          setReason(event.currentTarget.value);
          setRefused(null);
        }}
        error={refused}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
          Reject the quote
        </Button>
      </DialogButtons>
    </>
  );
}
