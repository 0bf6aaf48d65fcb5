import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import { useFormats } from "../app/services-context.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import {
  CancelTopUpDocument,
  CreateProofUploadDocument,
  SubmitTopUpProofDocument,
  type TopUpNowFragment,
} from "../gql/graphql.js";
import { PromisedBonus } from "./PromisedBonus.js";
import { PROOF_TYPES, proofProblem, upload } from "./proof.js";
import classes from "./Wallet.module.css";

interface TransferFormProps {
  topUp: TopUpNowFragment;
  step: { instructions: string; reference: string; methods: readonly string[] };
  /** The top-up is over: the person gave it up. */
  onLeft(): void;
}

/** Second step of a top-up: where to pay, and the proof that it was paid. */
export function TransferForm({ topUp, step, onLeft }: TransferFormProps) {
  const formats = useFormats();
  return (
    <div className={classes.form}>
      <p>
        Transfer <strong>{topUp.amount.formatted}</strong> and quote this reference:
      </p>
      <p className={classes.reference}>{step.reference}</p>
      <PromisedBonus topUp={topUp} />
      <p className={classes.instructions}>{step.instructions}</p>
      {step.methods.length > 0 && <p className="small dimmed">Ways to pay: {step.methods.join(", ")}</p>}
      <ProofForm topUp={topUp} />
      <GiveUp topUp={topUp} onLeft={onLeft} />
      <p className="small dimmed">Open until {formats.dateTime(topUp.expiresAt)}.</p>
    </div>
  );
}

function ProofForm({ topUp }: { topUp: TopUpNowFragment }) {
  const [createUpload] = useMutation(CreateProofUploadDocument);
  const [submitProof] = useMutation(SubmitTopUpProofDocument);
  const [bankReference, setBankReference] = useState("");
  const [proof, setProof] = useState<File | null>(null);
  const [uploaded, setUploaded] = useState<{ file: File; id: string } | null>(null);
  const action = useAction();
  const intent = useIntent();
  const fileField = useId();

  /** The file's id at the server; a retry does not send the same file again. */
  async function uploadOnce(file: File): Promise<{ id: string } | { problem: string }> {
    if (uploaded?.file === file) return uploaded;
    const answer = await createUpload({ variables: { input: { topUpId: topUp.id, contentType: file.type } } });
    const target = answer.data?.createProofUpload;
    if (!target) return { problem: NO_ANSWER };
    if (target.__typename !== "UploadTarget") return { problem: target.message };
    const problem = proofProblem(file, target.maxBytes) ?? (await upload(target.url, file));
    if (problem !== null) return { problem };
    setUploaded({ file, id: target.id });
    return { id: target.id };
  }

  async function hand(file: File): Promise<string | null> {
    const sent = await uploadOnce(file);
    if ("problem" in sent) return sent.problem;
    const input = { topUpId: topUp.id, bankReference: bankReference.trim(), uploadId: sent.id };
    const answer = await submitProof({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.submitTopUpProof;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "TopUp") return null;
    return result.__typename === "InvalidInputProblem" ? (result.fields[0]?.message ?? result.message) : result.message;
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.run(() => {
      if (bankReference.trim() === "") return Promise.resolve("Enter the reference of your bank.");
      const problem = proof ? proofProblem(proof, null) : "Choose the proof of payment.";
      return proof && problem === null ? hand(proof) : Promise.resolve(problem);
    });
  };

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        label="Reference of your bank"
        description="The number of the payment, as your bank shows it."
        autoComplete="off"
        value={bankReference}
        onChange={(event) => setBankReference(event.currentTarget.value)}
      />
      <div className={classes.file}>
        <label htmlFor={fileField}>Proof of payment</label>
        <input
          id={fileField}
          type="file"
          accept={PROOF_TYPES.join(",")}
          onChange={(event) => setProof(event.currentTarget.files?.[0] ?? null)}
        />
        <span className="small dimmed">PDF, PNG or JPEG.</span>
      </div>
      <ProblemText>{action.problem}</ProblemText>
      <Button type="submit" loading={action.busy}>
        I have paid
      </Button>
    </form>
  );
}

/** Ends a top-up that nobody has paid yet. */
export function GiveUp({ topUp, onLeft }: { topUp: TopUpNowFragment; onLeft(): void }) {
  const [cancel] = useMutation(CancelTopUpDocument);
  const action = useAction();
  const intent = useIntent();
  const giveUp = async () => {
    const input = { topUpId: topUp.id };
    const answer = await cancel({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.cancelTopUp;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename !== "TopUp") return result.message;
    onLeft();
    return null;
  };
  return (
    <>
      <ProblemText>{action.problem}</ProblemText>
      <Button variant="default" loading={action.busy} onClick={() => action.run(giveUp)}>
        Cancel this top-up
      </Button>
    </>
  );
}
