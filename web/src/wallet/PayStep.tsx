import { useMutation } from "@apollo/client/react";
import { Button, Loader } from "@mantine/core";
import { useFormats } from "../app/services-context.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { PayTopUpDocument, type TopUpNowFragment } from "../gql/graphql.js";
import { PromisedBonus } from "./PromisedBonus.js";
import { stepLink } from "./step-link.js";
import { GiveUp } from "./TransferForm.js";
import classes from "./Wallet.module.css";
import { PROVIDERS } from "./wallet-words.js";

interface PayStepProps {
  topUp: TopUpNowFragment;
  /** Whether the person was at the provider just now. */
  cameBack: boolean;
  /** The top-up is over: the person gave it up. */
  onLeft(): void;
}

/** Second step of a top-up by a provider: on to its page, and waiting for its word afterwards. */
export function PayStep({ topUp, cameBack, onLeft }: PayStepProps) {
  const formats = useFormats();
  const { name } = PROVIDERS[topUp.provider];
  return (
    <div className={classes.form}>
      <p>
        <strong>{topUp.amount.formatted}</strong> by {name}, reference {topUp.reference}
      </p>
      <PromisedBonus topUp={topUp} />
      {cameBack ? (
        <p className={classes.waiting} role="status">
          <Loader size="sm" aria-hidden />
          Waiting for word of {name}. This takes a moment; you may leave this page. If you have not paid, go back there.
        </p>
      ) : (
        <p className="dimmed">You pay on the page of {name} and come back here. Card numbers never reach us.</p>
      )}
      <Onward topUp={topUp} label={cameBack ? `Back to ${name}` : `Pay at ${name}`} />
      <GiveUp topUp={topUp} onLeft={onLeft} />
      <p className="small dimmed">Open until {formats.dateTime(topUp.expiresAt)}.</p>
    </div>
  );
}

function Onward({ topUp, label }: { topUp: TopUpNowFragment; label: string }) {
  const { step } = topUp;
  switch (step?.__typename) {
    case "FormPostStep":
      return (
        <form action={stepLink(step.url)} method="post">
          {step.fields.map((field) => (
            <input key={field.name} type="hidden" name={field.name} value={field.value} />
          ))}
          <Button type="submit" fullWidth>
            {label}
          </Button>
        </form>
      );
    case "RedirectStep":
    case "SnapStep":
      return (
        <Button component="a" href={stepLink(step.url)} rel="noreferrer">
          {label}
        </Button>
      );
    default:
      return <Resume topUp={topUp} />;
  }
}

/** The provider gave no page yet, or its page has ended: it is asked for another. */
function Resume({ topUp }: { topUp: TopUpNowFragment }) {
  const [pay] = useMutation(PayTopUpDocument);
  const action = useAction();
  const intent = useIntent();
  const resume = async () => {
    const input = { topUpId: topUp.id };
    const answer = await pay({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.payTopUp;
    if (!result) return NO_ANSWER;
    intent.settle();
    return result.__typename === "TopUp" ? null : result.message;
  };
  return (
    <>
      <ProblemText>{action.problem}</ProblemText>
      <Button loading={action.busy} onClick={() => action.run(resume)}>
        Go on with the payment
      </Button>
    </>
  );
}
