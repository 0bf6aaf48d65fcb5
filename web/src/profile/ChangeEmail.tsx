import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { RequestEmailChangeDocument } from "../gql/graphql.js";
import { PasswordField } from "../security/PasswordField.js";
import { waitWords } from "../sign-in/wait-words.js";
import classes from "./Profile.module.css";

interface ChangeEmailProps {
  onSent(to: string): void;
  onCancel(): void;
}

interface FieldErrors {
  email?: string;
  password?: string;
}

/** Asks for the new address and, because whoever has it has the account, for the password. */
export function ChangeEmail({ onSent, onCancel }: ChangeEmailProps) {
  const [request] = useMutation(RequestEmailChangeDocument, { fetchPolicy: "no-cache" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<FieldErrors>({});
  const action = useAction();

  const submit = async () => {
    const newEmail = email.trim();
    const missing = missingIn(newEmail, password);
    setErrors(missing);
    if (missing.email || missing.password) return null;
    const answer = await request({ variables: { input: { newEmail, password } } });
    const result = answer.data?.requestEmailChange;
    switch (result?.__typename) {
      case "MailSent":
        onSent(newEmail);
        return null;
      case "InvalidCredentialsProblem":
        setErrors({ password: "This is not your password, or it was wrong too often." });
        return null;
      case "InvalidInputProblem":
        setErrors({ email: result.fields[0]?.message ?? result.message });
        return null;
      case "RateLimitedProblem":
        return `That was too often. Wait ${waitWords(result.retryAfterSeconds)} and try again.`;
      default:
        return NO_ANSWER;
    }
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
      <TextInput
        label="New e-mail address"
        description="A link goes there. The old address stays in use until you open it, and is told then."
        type="email"
        autoComplete="email"
        value={email}
        onChange={(event) => {
          setEmail(event.currentTarget.value);
          setErrors({});
        }}
        error={errors.email}
      />
      <PasswordField
        value={password}
        onChange={(value) => {
          setPassword(value);
          setErrors({});
        }}
        error={errors.password}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Send the link
        </Button>
      </DialogButtons>
    </form>
  );
}

function missingIn(email: string, password: string): FieldErrors {
  return {
    ...(!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) && { email: "Enter a complete e-mail address." }),
    ...(password === "" && { password: "Enter your password." }),
  };
}
