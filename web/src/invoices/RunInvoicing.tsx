import "@mantine/core/styles/Input.css";
import { useApolloClient, useMutation } from "@apollo/client/react";
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { booksNow } from "../api/books.js";
import { useFormats } from "../app/services-context.js";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { RunInvoicingDocument, type RunInvoicingMutation } from "../gql/graphql.js";
import classes from "./Invoices.module.css";

const MONTHS = 12;

type Done = Extract<NonNullable<RunInvoicingMutation["runInvoicing"]>, { __typename: "InvoicingRun" }>;

/** The middle of each of the last months, which is in that month in every zone; the newest first. */
function lastMonths(now: Date): string[] {
  return Array.from({ length: MONTHS }, (_, nth) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - nth - 1, 15, 12)).toISOString(),
  );
}

/** Bills one month of everybody below, now rather than by the job; what is billed already stays as it is. */
export function RunInvoicing({ onClose }: { onClose(): void }) {
  const { locale } = useFormats();
  const client = useApolloClient();
  const [months] = useState(() => lastMonths(new Date(booksNow())));
  const [month, setMonth] = useState(months[0] ?? "");
  const [done, setDone] = useState<Done | null>(null);
  const [run] = useMutation(RunInvoicingDocument);
  const action = useAction();
  const intent = useIntent();
  const name = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });
  const go = async () => {
    const input = { month };
    const answer = await run({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.runInvoicing;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "InvoicingRun") return result.message;
    setDone(result);
    await client.refetchQueries({ include: ["Invoices"] });
    return null;
  };
  if (done) return <Outcome done={done} onClose={onClose} />;
  return (
    <div className={classes.form}>
      <p>Whatever was used in the month and is on no invoice yet. Months that are billed stay as they are.</p>
      <NativeSelect
        label="Month"
        value={month}
        onChange={(event) => setMonth(event.currentTarget.value)}
        data={months.map((value) => ({ value, label: name.format(new Date(value)) }))}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onClose}>
          Not now
        </Button>
        <Button loading={action.busy} onClick={() => action.run(go)}>
          Bill the month
        </Button>
      </DialogButtons>
    </div>
  );
}

function Outcome({ done, onClose }: { done: Done; onClose(): void }) {
  return (
    <div className={classes.form} role="status">
      <p>
        {done.invoiced === 1 ? "1 organisation has" : `${done.invoiced} organisations have`} a new invoice;{" "}
        {done.skipped} had nothing to be billed, or had it before.
      </p>
      {done.failures.length > 0 && (
        <ul aria-label="Not billed">
          {done.failures.map(({ organisation, problem }) => (
            <li key={organisation?.id}>
              {organisation?.name ?? "An organisation"}: {problem}
            </li>
          ))}
        </ul>
      )}
      <DialogButtons>
        <Button onClick={onClose}>Done</Button>
      </DialogButtons>
    </div>
  );
}
