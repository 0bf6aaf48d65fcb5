import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { readAmount, typedAmount } from "../format/money-entry.js";
import { type InvoiceWholeFragment, IssueCreditNoteDocument, VoidInvoiceDocument } from "../gql/graphql.js";
import { shownAmount } from "../prices/money-words.js";
import classes from "./Invoices.module.css";
import { leftOf } from "./invoice-sums.js";

interface Field {
  path: string[];
  message: string;
}

/** What was refused, by field. */
const refusedOf = (fields: readonly Field[]): Record<string, string> =>
  Object.fromEntries(fields.map(({ path, message }) => [path[0] ?? "", message]));

interface ReasonProps {
  value: string;
  problem: string | undefined;
  onType(reason: string): void;
}

function Reason({ value, problem, onType }: ReasonProps) {
  return (
    <Textarea
      label="Reason"
      description="The organisation that pays reads it."
      rows={3}
      maxLength={500}
      value={value}
      error={problem}
      onChange={(event) => onType(event.currentTarget.value)}
    />
  );
}

/** Takes an invoice back, wholly or in part. */
export function CreditInvoice({ invoice, onClose }: { invoice: InvoiceWholeFragment; onClose(): void }) {
  const { locale } = useFormats();
  const { currency } = invoice.total;
  const left = leftOf(invoice);
  const [typed, setTyped] = useState(() => typedAmount(left, currency, locale));
  const [reason, setReason] = useState("");
  const [refused, setRefused] = useState<Record<string, string>>({});
  const [credit] = useMutation(IssueCreditNoteDocument);
  const action = useAction();
  const intent = useIntent();
  const go = async () => {
    const { minorUnits, problem } = readAmount(typed, currency, locale);
    if (problem !== null) {
      setRefused({ amount: "This is not an amount." });
      return null;
    }
    const input = { invoiceId: invoice.id, amount: { minorUnits, currency }, reason };
    const answer = await credit({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.issueCreditNote;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "Invoice") {
      onClose();
      return null;
    }
    if (result.__typename !== "InvalidInputProblem") return result.message;
    setRefused(refusedOf(result.fields));
    return null;
  };
  return (
    <div className={classes.form}>
      <p>Less is due then; what was paid already goes back to the wallet. It cannot be undone.</p>
      <TextInput
        label={`Amount in ${currency}, with tax`}
        inputMode="decimal"
        autoComplete="off"
        description={`At most the ${shownAmount(left, currency, locale)} that are left of it.`}
        value={typed}
        error={refused["amount"]}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setRefused({});
        }}
      />
      <Reason
        value={reason}
        problem={refused["reason"]}
        onType={(next) => {
          setReason(next);
          setRefused({});
        }}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onClose}>
          Not now
        </Button>
        <Button loading={action.busy} onClick={() => action.run(go)}>
          Issue the credit note
        </Button>
      </DialogButtons>
    </div>
  );
}

interface VoidInvoiceProps {
  invoiceId: string;
  /** Where it can only be taken back by a credit note by now. */
  onCredit(): void;
  onClose(): void;
}

/** As if it had not been issued. */
export function VoidInvoice({ invoiceId, onCredit, onClose }: VoidInvoiceProps) {
  const [reason, setReason] = useState("");
  const [refused, setRefused] = useState<Record<string, string>>({});
  const [mayCredit, setMayCredit] = useState(false);
  const [makeVoid] = useMutation(VoidInvoiceDocument);
  const action = useAction();
  const intent = useIntent();
  const go = async () => {
    const input = { invoiceId, reason };
    const answer = await makeVoid({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.voidInvoice;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "Invoice") {
      onClose();
      return null;
    }
    setMayCredit(result.__typename === "ConflictProblem");
    if (result.__typename !== "InvalidInputProblem") return result.message;
    setRefused(refusedOf(result.fields));
    return null;
  };
  return (
    <div className={classes.form}>
      <p>Nothing of it counts any more; its number stays used. The month can be billed again.</p>
      <Reason
        value={reason}
        problem={refused["reason"]}
        onType={(next) => {
          setReason(next);
          setRefused({});
        }}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onClose}>
          Not now
        </Button>
        {mayCredit && (
          <Button variant="default" onClick={onCredit}>
            Credit note instead
          </Button>
        )}
        <Button color="red.9" loading={action.busy} onClick={() => action.run(go)}>
          Make it void
        </Button>
      </DialogButtons>
    </div>
  );
}
