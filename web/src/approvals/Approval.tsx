import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { onOwnOrigin } from "../api/server.js";
import { useFormats, usePerson } from "../app/services-context.js";
import { Dialog, DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { ABSENT } from "../format/formats.js";
import { type ApprovalsQuery, ApproveTopUpDocument, RejectTopUpDocument } from "../gql/graphql.js";
import classes from "./Approvals.module.css";

type Waiting = NonNullable<ApprovalsQuery["topUps"]>["nodes"][number];

/** One transfer with its proof; decided after a question, and never by the payer's own organisation. */
export function Approval({ topUp }: { topUp: Waiting }) {
  const formats = useFormats();
  const own = usePerson()?.organisation?.id === topUp.wallet.organisation?.id;
  const [asking, setAsking] = useState<"approve" | "reject" | null>(null);
  const payer = topUp.wallet.organisation?.name ?? ABSENT;
  const close = () => setAsking(null);
  return (
    <li className={classes.entry}>
      <div>
        <p className={classes.head}>
          <span>{payer}</span>
          <span className={classes.amount}>{topUp.amount.formatted}</span>
        </p>
        <dl className={classes.facts}>
          <dt>Our reference</dt>
          <dd className="mono">{topUp.reference}</dd>
          <dt>Reference of the bank</dt>
          <dd className="mono">{topUp.bankReference ?? ABSENT}</dd>
          {topUp.bonus && (
            <>
              <dt>A coupon adds</dt>
              <dd>{topUp.bonus.formatted}</dd>
            </>
          )}
          <dt>Started</dt>
          <dd>
            {formats.dateTime(topUp.createdAt)}
            {topUp.startedBy && ` by ${topUp.startedBy.displayName}`}
          </dd>
        </dl>
      </div>
      <div className={classes.buttons}>
        {topUp.proof ? (
          <a href={onOwnOrigin(topUp.proof.url)} target="_blank" rel="noopener noreferrer">
            Open the proof
          </a>
        ) : (
          <span className="dimmed">No proof</span>
        )}
        {own ? (
          <span className="small dimmed">Your own: somebody of the organisation above approves it.</span>
        ) : (
          <>
            <Button
              size="xs"
              onClick={() => setAsking("approve")}
              aria-label={`Approve ${topUp.amount.formatted} of ${payer}`}
            >
              Approve
            </Button>
            <Button
              size="xs"
              variant="default"
              onClick={() => setAsking("reject")}
              aria-label={`Reject ${topUp.amount.formatted} of ${payer}`}
            >
              Reject
            </Button>
          </>
        )}
      </div>
      <Dialog title={`Approve ${topUp.amount.formatted} of ${payer}?`} open={asking === "approve"} onClose={close}>
        <Approve topUp={topUp} onDone={close} />
      </Dialog>
      <Dialog title={`Reject ${topUp.amount.formatted} of ${payer}?`} open={asking === "reject"} onClose={close}>
        <Reject topUp={topUp} onDone={close} />
      </Dialog>
    </li>
  );
}

function Approve({ topUp, onDone }: { topUp: Waiting; onDone(): void }) {
  const [approve] = useMutation(ApproveTopUpDocument);
  const action = useAction();
  const intent = useIntent();
  const decide = async () => {
    const input = { topUpId: topUp.id };
    const answer = await approve({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.approveTopUp;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "TopUp") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <p>
        The amount is added to the wallet at once. Approve it only when the bank shows the transfer with the reference{" "}
        <span className="mono">{topUp.reference}</span>.
      </p>
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
        <Button loading={action.busy} onClick={() => action.run(decide)}>
          Approve
        </Button>
      </DialogButtons>
    </>
  );
}

function Reject({ topUp, onDone }: { topUp: Waiting; onDone(): void }) {
  const [reject] = useMutation(RejectTopUpDocument);
  const [reason, setReason] = useState("");
  const action = useAction();
  const intent = useIntent();
  const decide = async () => {
    if (reason.trim() === "") return "Say why: the payer reads it.";
    const input = { topUpId: topUp.id, reason: reason.trim() };
    const answer = await reject({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.rejectTopUp;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "TopUp") return result.message;
    onDone();
    return null;
  };
  return (
    <>
      <Textarea
        label="Reason"
        description="The payer reads it."
        autosize={false}
        rows={3}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
        <Button color="red.9" loading={action.busy} onClick={() => action.run(decide)}>
          Reject
        </Button>
      </DialogButtons>
    </>
  );
}
