import { useMutation, useQuery } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { type AmountEntry, readAmount, typedAmount } from "../format/money-entry.js";
import { StartTopUpDocument, TopUpOptionsDocument } from "../gql/graphql.js";
import classes from "./Wallet.module.css";

const PROBLEMS: Record<NonNullable<AmountEntry["problem"]>, string> = {
  EMPTY: "Enter an amount.",
  NOT_AN_AMOUNT: "This is not an amount.",
  TOO_FINE: "The currency has no smaller parts than that.",
};

interface AmountFormProps {
  walletId: string;
  currency: string;
  suggested: string | undefined;
  onStarted(topUpId: string): void;
}

/** First step of a top-up: how much. */
export function AmountForm({ walletId, currency, suggested, onStarted }: AmountFormProps) {
  const { locale } = useFormats();
  const [typed, setTyped] = useState(() => (suggested ? typedAmount(suggested, currency, locale) : ""));
  const { data } = useQuery(TopUpOptionsDocument, { variables: { walletId } });
  const [start] = useMutation(StartTopUpDocument);
  const action = useAction();
  const intent = useIntent();
  const limits = data?.topUpOptions?.find(({ provider }) => provider === "MANUAL");

  async function begin(minorUnits: string): Promise<string | null> {
    const input = { walletId, amount: { minorUnits, currency }, provider: "MANUAL" as const };
    const answer = await start({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.startTopUp;
    if (!result) return NO_ANSWER;
    intent.settle();
    switch (result.__typename) {
      case "TopUp":
        onStarted(result.id);
        return null;
      case "AmountLimitProblem":
        return `Between ${result.minimum.formatted} and ${result.maximum.formatted} at a time.`;
      case "InvalidInputProblem":
        return result.fields[0]?.message ?? result.message;
      default:
        return result.message;
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { minorUnits, problem } = readAmount(typed, currency, locale);
    action.run(problem === null ? () => begin(minorUnits) : () => Promise.resolve(PROBLEMS[problem]));
  };

  if (data?.topUpOptions && !limits) {
    return <p className="dimmed">Bank transfers are not offered for this wallet. Ask the organisation above yours.</p>;
  }
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        label={`Amount in ${currency}`}
        inputMode="decimal"
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          action.forget();
        }}
        error={action.problem}
        description={limits && !action.problem && `Between ${limits.minimum.formatted} and ${limits.maximum.formatted}`}
        inputWrapperOrder={["label", "input", "error", "description"]}
      />
      <Button type="submit" loading={action.busy}>
        Top up
      </Button>
    </form>
  );
}
