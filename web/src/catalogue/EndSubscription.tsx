import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import {
  CancelServiceSubscriptionDocument,
  ResumeServiceSubscriptionDocument,
  type SubscriptionFieldsFragment,
} from "../gql/graphql.js";

interface EndSubscriptionProps {
  subscription: SubscriptionFieldsFragment;
  /** Rather than cancelling it. */
  resumes: boolean;
  onDone(): void;
}

/** Cancels a service subscription at the end of what is paid, or goes on with one that was cancelled. */
export function EndSubscription({ subscription, resumes, onDone }: EndSubscriptionProps) {
  const formats = useFormats();
  const [cancel] = useMutation(CancelServiceSubscriptionDocument);
  const [resume] = useMutation(ResumeServiceSubscriptionDocument);
  const action = useAction();
  const intent = useIntent();
  const go = async () => {
    const wish = { serviceSubscriptionId: subscription.id };
    const variables = { input: { ...wish, idempotencyKey: intent.keyFor({ ...wish, resumes }) } };
    const result = resumes
      ? (await resume({ variables })).data?.resumeServiceSubscription
      : (await cancel({ variables })).data?.cancelServiceSubscription;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "ServiceSubscription") return result.message;
    onDone();
    return null;
  };
  const end = formats.dateTime(subscription.currentPeriodEnd);
  return (
    <>
      <p>
        {resumes
          ? `It renews on ${end}, as before.`
          : subscription.state === "PAST_DUE"
            ? "Its renewal is not paid, so it ends at once. Nothing more is taken."
            : `It is paid until ${end} and ends then. Until that moment you can go on with it; nothing more is taken.`}
      </p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
        <Button {...(!resumes && { color: "red.9" })} loading={action.busy} onClick={() => action.run(go)}>
          {resumes ? "Go on with it" : "Cancel the subscription"}
        </Button>
      </DialogButtons>
    </>
  );
}
