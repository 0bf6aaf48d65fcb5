import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { send } from "../api/server.js";
import { useServices } from "../app/services-context.js";
import { NewPasswordField } from "../components/NewPasswordField.js";
import { ProblemText } from "../components/ProblemText.js";
import { missingInPassword, weakWords } from "../components/password-words.js";
import { failureWords, useAction } from "../components/use-action.js";
import { ResetPasswordDocument } from "../gql/graphql.js";
import { waitWords } from "../sign-in/wait-words.js";

interface ChoosePasswordProps {
  token: string;
  onChanged(): void;
  onEnded(): void;
}

/** A new password by a link; what is wrong with it stands at the field, and the link stays good. */
export function ChoosePassword({ token, onChanged, onEnded }: ChoosePasswordProps) {
  const { session } = useServices();
  const [password, setPassword] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const action = useAction();

  const submit = async () => {
    const missing = missingInPassword(password);
    setRefusal(missing);
    if (missing !== null) return null;
    const { data, errors } = await send(ResetPasswordDocument, { input: { token, newPassword: password } });
    const result = data?.resetPassword;
    switch (result?.__typename) {
      case "PasswordChanged":
        // Was this browser signed in as the same person, that session ended with all others: the server says so.
        if (session.state.get().status === "signed-in") await session.renew();
        onChanged();
        return null;
      case "WeakPasswordProblem":
        setRefusal(weakWords(result.reasons));
        return null;
      case "InvalidTokenProblem":
        onEnded();
        return null;
      case "RateLimitedProblem":
        return `Too many people are choosing passwords. Wait ${waitWords(result.retryAfterSeconds)} and try again.`;
      default:
        return failureWords(errors);
    }
  };

  return (
    <form
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(submit);
      }}
    >
      <NewPasswordField
        autoFocus
        value={password}
        onChange={(value) => {
          setPassword(value);
          setRefusal(null);
        }}
        error={refusal}
      />
      <ProblemText>{action.problem}</ProblemText>
      <Button type="submit" loading={action.busy} fullWidth>
        Set the new password
      </Button>
    </form>
  );
}
