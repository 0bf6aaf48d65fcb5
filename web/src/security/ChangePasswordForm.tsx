import { useApolloClient, useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { NewPasswordField } from "../components/NewPasswordField.js";
import { ProblemText } from "../components/ProblemText.js";
import { missingInPassword, weakWords } from "../components/password-words.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { ChangePasswordDocument } from "../gql/graphql.js";
import { waitWords } from "../sign-in/wait-words.js";
import { PasswordField } from "./PasswordField.js";
import classes from "./Security.module.css";

interface ChangePasswordFormProps {
  onChanged(sessionsEnded: number): void;
  onCancel(): void;
}

interface FieldErrors {
  current?: string;
  next?: string | null;
}

/** The password that one has, and the one that one wants; refusals stand at the field they are about. */
export function ChangePasswordForm({ onChanged, onCancel }: ChangePasswordFormProps) {
  const client = useApolloClient();
  const [change] = useMutation(ChangePasswordDocument, { fetchPolicy: "no-cache" });
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [errors, setErrors] = useState<FieldErrors>({});
  const action = useAction();

  const submit = async () => {
    const missing: FieldErrors = {
      ...(current === "" && { current: "Enter your password." }),
      next: missingInPassword(next),
    };
    setErrors(missing);
    if (missing.current || missing.next) return null;
    const answer = await change({ variables: { input: { currentPassword: current, newPassword: next } } });
    const result = answer.data?.changePassword;
    switch (result?.__typename) {
      case "PasswordChanged":
        onChanged(result.sessionsEnded);
        // What the page shows of sessions is out of date now.
        await client.refetchQueries({ include: "active" });
        return null;
      case "InvalidCredentialsProblem":
        setErrors({ current: "This is not your password, or it was wrong too often." });
        return null;
      case "WeakPasswordProblem":
        setErrors({ next: weakWords(result.reasons) });
        return null;
      case "RateLimitedProblem":
        return `That was too often. Wait ${waitWords(result.retryAfterSeconds)} and try again.`;
      default:
        return result?.message ?? NO_ANSWER;
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
      <PasswordField
        value={current}
        onChange={(value) => {
          setCurrent(value);
          setErrors({});
        }}
        error={errors.current}
      />
      <NewPasswordField
        value={next}
        onChange={(value) => {
          setNext(value);
          setErrors({});
        }}
        error={errors.next}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy}>
          Change the password
        </Button>
      </DialogButtons>
    </form>
  );
}
