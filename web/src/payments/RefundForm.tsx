import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { readAmount, typedAmount } from "../format/money-entry.js";
import { type PaymentInListFragment, RefundTopUpDocument } from "../gql/graphql.js";
import { PROVIDERS } from "../wallet/wallet-words.js";
import classes from "./Payments.module.css";

interface RefundFormProps {
  payment: PaymentInListFragment;
  onDone(): void;
}

/** Money of a payment back to the payer: all that is left of it, or a part, with a reason that the payer reads. */
export function RefundForm({ payment, onDone }: RefundFormProps) {
  const { locale } = useFormats();
  const { currency, minorUnits } = payment.amount;
  const left = (BigInt(minorUnits) - BigInt(payment.refunded.minorUnits)).toString();
  const [typed, setTyped] = useState(() => typedAmount(left, currency, locale));
  const [reason, setReason] = useState("");
  const [refund] = useMutation(RefundTopUpDocument);
  const action = useAction();
  const intent = useIntent();

  const send = async (units: string): Promise<string | null> => {
    const input = { topUpId: payment.id, amount: { minorUnits: units, currency }, reason: reason.trim() };
    const answer = await refund({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.refundTopUp;
    if (!result) return NO_ANSWER;
    intent.settle();
    switch (result.__typename) {
      case "TopUp":
        onDone();
        return null;
      case "InsufficientFundsProblem":
        return `The wallet has ${result.available.formatted} of its own; ${result.needed.formatted} would be needed, with what a coupon added.`;
      case "InvalidInputProblem":
        return result.fields[0]?.message ?? result.message;
      default:
        return result.message;
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { minorUnits: units, problem } = readAmount(typed, currency, locale);
    action.run(() => {
      if (problem !== null) return Promise.resolve("This is no amount that can go back.");
      if (reason.trim() === "") return Promise.resolve("Say why: the payer reads it.");
      return send(units);
    });
  };

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <p>
        {payment.provider === "MANUAL"
          ? "The amount leaves the wallet at once. Transfer it back yourself: nobody does it for you."
          : `The amount leaves the wallet at once and goes back by ${PROVIDERS[payment.provider].name}.`}
        {payment.bonus && " What a coupon added goes with it, in proportion."}
      </p>
      <TextInput
        label={`Amount in ${currency}`}
        inputMode="decimal"
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Textarea
        label="Reason"
        description="The payer reads it."
        autosize={false}
        rows={3}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
        <Button type="submit" color="red.9" loading={action.busy}>
          Refund
        </Button>
      </DialogButtons>
    </form>
  );
}
