import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../components/Dialog.js";
import { Panel } from "../components/Panel.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { type InvoiceWholeFragment, IssueInvoiceDocument, RemindInvoiceDocument } from "../gql/graphql.js";
import classes from "./Invoices.module.css";
import { CreditInvoice, VoidInvoice } from "./TakeBackInvoice.js";

type Wish = "credit" | "void";

const TITLES: Record<Wish, string> = { credit: "Issue a credit note", void: "Make the invoice void" };

/** What the one who issues can do about an invoice, by how it stands. */
export function ManageInvoice({ invoice }: { invoice: InvoiceWholeFragment }) {
  const [wish, setWish] = useState<Wish | null>(null);
  const [issue] = useMutation(IssueInvoiceDocument);
  const [remind] = useMutation(RemindInvoiceDocument);
  const action = useAction();
  const intent = useIntent();
  const { id: invoiceId, state } = invoice;
  const isDue = state === "ISSUED" || state === "OVERDUE";
  const close = () => setWish(null);
  const ask = (next: Wish) => {
    // What became of the last action is not about this one.
    action.forget();
    setWish(next);
  };
  const input = () => ({ invoiceId, idempotencyKey: intent.keyFor({ invoiceId, state }) });
  const doIssue = async () => {
    const result = (await issue({ variables: { input: input() } })).data?.issueInvoice;
    if (!result) return NO_ANSWER;
    intent.settle();
    return result.__typename === "Invoice" ? null : result.message;
  };
  const doRemind = async () => {
    const result = (await remind({ variables: { input: input() } })).data?.remindInvoice;
    if (!result) return NO_ANSWER;
    intent.settle();
    return result.__typename === "Invoice" ? null : result.message;
  };
  if (state === "VOID") return null;
  return (
    <Panel title="As the issuer">
      <div className={classes.actions}>
        {state === "DRAFT" && (
          <Button loading={action.busy} onClick={() => action.run(doIssue)}>
            Issue
          </Button>
        )}
        {isDue && (
          <Button variant="default" loading={action.busy} onClick={() => action.run(doRemind)}>
            Remind
          </Button>
        )}
        {state !== "DRAFT" && (
          <Button variant="default" onClick={() => ask("credit")}>
            Credit note
          </Button>
        )}
        {invoice.voidable && (
          <Button variant="default" onClick={() => ask("void")}>
            Void
          </Button>
        )}
      </div>
      <ProblemText>{action.problem}</ProblemText>
      <Dialog title={wish ? TITLES[wish] : ""} open={wish !== null} onClose={close}>
        {wish === "credit" && <CreditInvoice invoice={invoice} onClose={close} />}
        {wish === "void" && <VoidInvoice invoiceId={invoiceId} onCredit={() => ask("credit")} onClose={close} />}
      </Dialog>
    </Panel>
  );
}
