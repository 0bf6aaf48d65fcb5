import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Dialog, DialogButtons } from "../components/Dialog.js";
import { Panel } from "../components/Panel.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { RenewRecoveryCodesDocument } from "../gql/graphql.js";
import { codesLeftWords } from "./factor-words.js";
import { PasswordField } from "./PasswordField.js";
import classes from "./Security.module.css";
import { ShownCodes } from "./ShownCodes.js";

const FEW = 3;

interface RecoveryCodesPanelProps {
  left: number;
  /** Whether a code is asked for at sign-in at all. */
  isNeeded: boolean;
  email: string | null;
  onChanged(): void;
}

/** The codes for a lost phone: how many there are, and new ones. */
export function RecoveryCodesPanel({ left, isNeeded, email, onChanged }: RecoveryCodesPanelProps) {
  const [open, setOpen] = useState(false);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const close = () => {
    setOpen(false);
    setCodes(null);
    if (codes) onChanged();
  };
  if (!isNeeded) return null;
  return (
    <Panel title="Recovery codes">
      <p>
        {codesLeftWords(left)}{" "}
        {left <= FEW ? "Make new ones, so that a lost phone does not lock you out." : "Each signs you in once."}
      </p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => setOpen(true)}>
          Make new codes
        </Button>
      </div>
      <Dialog title={codes ? "Your recovery codes" : "Make new recovery codes?"} open={open} onClose={close}>
        {codes ? (
          <ShownCodes codes={codes} email={email} onDone={close} />
        ) : (
          <AskPassword left={left} onCodes={setCodes} onCancel={close} />
        )}
      </Dialog>
    </Panel>
  );
}

interface AskPasswordProps {
  left: number;
  onCodes(codes: readonly string[]): void;
  onCancel(): void;
}

function AskPassword({ left, onCodes, onCancel }: AskPasswordProps) {
  const [renew] = useMutation(RenewRecoveryCodesDocument, { fetchPolicy: "no-cache" });
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string>();
  const action = useAction();
  const submit = async () => {
    setError(password === "" ? "Enter your password." : undefined);
    if (password === "") return null;
    const answer = await renew({ variables: { input: { password } } });
    const result = answer.data?.renewRecoveryCodes;
    if (!result) return NO_ANSWER;
    if (result.__typename === "RecoveryCodes") onCodes(result.codes);
    else setError("This password is not right.");
    return null;
  };
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(submit);
      }}
    >
      <p>{left === 0 ? "You get ten codes." : "You get ten codes. The ones you have stop working at once."}</p>
      <PasswordField value={password} onChange={setPassword} error={error} />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Make new codes
        </Button>
      </DialogButtons>
    </form>
  );
}
