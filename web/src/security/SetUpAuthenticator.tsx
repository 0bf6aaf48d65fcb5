import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { QrCode } from "../components/QrCode.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { ConfirmAuthenticatorDocument, StartAuthenticatorDocument } from "../gql/graphql.js";
import { codeDigits } from "../sign-in/wait-words.js";
import { spaced } from "./factor-words.js";
import { PasswordField } from "./PasswordField.js";
import classes from "./Security.module.css";
import { ShownCodes } from "./ShownCodes.js";

interface SetUpAuthenticatorProps {
  email: string | null;
  onDone(): void;
  onCancel(): void;
}

interface Setup {
  secret: string;
  otpauthUrl: string;
}

/** The password, then the app and its first code, then the recovery codes; nothing changes before the code is right. */
export function SetUpAuthenticator({ email, onDone, onCancel }: SetUpAuthenticatorProps) {
  const [setup, setSetup] = useState<Setup | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes) return <ShownCodes codes={codes} email={email} onDone={onDone} />;
  if (setup) return <ConfirmApp setup={setup} onCodes={setCodes} onAgain={() => setSetup(null)} onCancel={onCancel} />;
  return <AskPassword onSetup={setSetup} onCancel={onCancel} />;
}

function AskPassword({ onSetup, onCancel }: { onSetup(setup: Setup): void; onCancel(): void }) {
  const [start] = useMutation(StartAuthenticatorDocument, { fetchPolicy: "no-cache" });
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string>();
  const action = useAction();
  const submit = async () => {
    setError(password === "" ? "Enter your password." : undefined);
    if (password === "") return null;
    const answer = await start({ variables: { input: { password } } });
    const result = answer.data?.startAuthenticator;
    if (!result) return NO_ANSWER;
    if (result.__typename === "AuthenticatorSetup") onSetup(result);
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
      <p>
        An app on your phone makes the codes, without network and without anybody who could read them on the way. Any
        app for one-time codes will do.
      </p>
      <PasswordField value={password} onChange={setPassword} error={error} />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Continue
        </Button>
      </DialogButtons>
    </form>
  );
}

interface ConfirmAppProps {
  setup: Setup;
  onCodes(codes: readonly string[]): void;
  onAgain(): void;
  onCancel(): void;
}

function ConfirmApp({ setup, onCodes, onAgain, onCancel }: ConfirmAppProps) {
  const [confirm] = useMutation(ConfirmAuthenticatorDocument, { fetchPolicy: "no-cache" });
  const [code, setCode] = useState("");
  const [error, setError] = useState<string>();
  const [isOver, setOver] = useState(false);
  const action = useAction();
  const submit = async () => {
    setError(code.length === 6 ? undefined : "The code has 6 digits.");
    if (code.length !== 6) return null;
    const answer = await confirm({ variables: { input: { code } } });
    const result = answer.data?.confirmAuthenticator;
    if (!result) return NO_ANSWER;
    if (result.__typename === "RecoveryCodes") {
      onCodes(result.codes);
      return null;
    }
    setCode("");
    const isLast = result.__typename !== "InvalidCodeProblem" || result.attemptsLeft === 0;
    setOver(isLast);
    setError(
      isLast ? "This setup is over. Start again." : "This code is not right. Take the one that the app shows now.",
    );
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
      <p>Scan this with the app, or type the key into it.</p>
      <QrCode text={setup.otpauthUrl} label="QR code to scan with the authenticator app" faded={isOver} />
      <p className={classes.key} data-testid="authenticator-key">
        {spaced(setup.secret)}
      </p>
      <TextInput
        label="The code that the app shows"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        value={code}
        onChange={(event) => setCode(codeDigits(event.currentTarget.value))}
        error={error}
        disabled={isOver}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        {isOver ? (
          <Button onClick={onAgain}>Start again</Button>
        ) : (
          <Button type="submit" loading={action.busy}>
            Use this app
          </Button>
        )}
      </DialogButtons>
    </form>
  );
}
