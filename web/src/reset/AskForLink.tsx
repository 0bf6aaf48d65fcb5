import "@mantine/core/styles/Input.css";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { send } from "../api/server.js";
import { ProblemText } from "../components/ProblemText.js";
import { SignInLink } from "../components/SignInLink.js";
import { failureWords, useAction } from "../components/use-action.js";
import { RequestPasswordResetDocument } from "../gql/graphql.js";
import { waitWords } from "../sign-in/wait-words.js";

/** Asks for the e-mail address that a link shall go to. */
export function AskForLink({ onSent }: { onSent(to: string): void }) {
  const [email, setEmail] = useState("");
  const [missing, setMissing] = useState<string | null>(null);
  const action = useAction();

  const submit = async () => {
    const typed = email.trim();
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed)) {
      setMissing(typed === "" ? "Enter your e-mail." : "This is not a complete e-mail address.");
      return null;
    }
    const { data, errors } = await send(RequestPasswordResetDocument, { input: { email: typed } });
    const result = data?.requestPasswordReset;
    if (result?.__typename === "MailSent") {
      onSent(typed);
      return null;
    }
    if (result?.__typename === "RateLimitedProblem")
      return `That was too often. Wait ${waitWords(result.retryAfterSeconds)}, and use the newest mail you got until then.`;
    if (result?.__typename === "InvalidInputProblem") {
      setMissing(result.message);
      return null;
    }
    return failureWords(errors);
  };

  return (
    <form
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(submit);
      }}
    >
      <p>Give the e-mail address that you sign in with. A link to choose a new password goes there.</p>
      <TextInput
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        autoFocus
        value={email}
        onChange={(event) => {
          setEmail(event.currentTarget.value);
          setMissing(null);
        }}
        error={missing}
      />
      <ProblemText>{action.problem}</ProblemText>
      <Button type="submit" loading={action.busy} fullWidth>
        Send me a link
      </Button>
      <SignInLink />
    </form>
  );
}
