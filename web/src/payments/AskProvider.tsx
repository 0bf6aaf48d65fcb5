import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { type PaymentInListFragment, ReconcileTopUpDocument } from "../gql/graphql.js";
import { PROVIDERS } from "../wallet/wallet-words.js";

/** Has the provider asked now what became of a payment. */
export function AskProvider({ payment }: { payment: PaymentInListFragment }) {
  const [reconcile] = useMutation(ReconcileTopUpDocument);
  const action = useAction();
  const intent = useIntent();
  const ask = async () => {
    const input = { topUpId: payment.id };
    const answer = await reconcile({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.reconcileTopUp;
    if (!result) return NO_ANSWER;
    // Each time is a question of its own.
    intent.settle();
    if (result.__typename !== "TopUp") return result.message;
    return result.state === payment.state ? `${PROVIDERS[payment.provider].name} says nothing new.` : null;
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={action.busy}
        onClick={() => action.run(ask)}
        aria-label={`Ask ${PROVIDERS[payment.provider].name} about ${payment.reference}`}
      >
        Ask {PROVIDERS[payment.provider].name}
      </Button>
      <ProblemText>{action.problem}</ProblemText>
    </>
  );
}
