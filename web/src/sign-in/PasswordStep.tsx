import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/PasswordInput.css";
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { troubleOf } from "../api/problems.js";
import { send } from "../api/server.js";
import { type ChallengeStepFragment, SignInDocument } from "../gql/graphql.js";
import classes from "./SignInPage.module.css";
import { waitWords } from "./wait-words.js";

interface PasswordStepProps {
  onChallenge(challenge: ChallengeStepFragment): void;
  onSignedIn(accessTokenExpiresAt: string): Promise<void>;
}

interface FieldErrors {
  email?: string;
  password?: string;
  form?: string;
}

/** First step: e-mail and password. Never says which of the two was wrong. */
export function PasswordStep({ onChallenge, onSignedIn }: PasswordStepProps) {
  const [errors, setErrors] = useState<FieldErrors>({});
  const [busy, setBusy] = useState(false);

  async function attempt(email: string, password: string): Promise<FieldErrors> {
    const { data, errors: refused } = await send(SignInDocument, { input: { email, password, delivery: "COOKIE" } });
    const result = data?.signIn;
    if (result?.__typename === "Challenge") {
      onChallenge(result);
      return {};
    }
    if (result?.__typename === "SignedIn") {
      await onSignedIn(result.accessTokenExpiresAt);
      return {};
    }
    if (result?.__typename === "InvalidCredentialsProblem")
      return { password: "This e-mail and password do not match." };
    if (result?.__typename === "RateLimitedProblem") {
      return { form: `Too many attempts. Wait ${waitWords(result.retryAfterSeconds)} and try again.` };
    }
    return { form: inWords(refused) };
  }

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email") ?? "").trim();
    const password = String(form.get("password") ?? "");
    const missing = missingFields(email, password);
    setErrors(missing);
    if (missing.email || missing.password) return;
    setBusy(true);
    attempt(email, password)
      .then(setErrors)
      .catch((error: unknown) => setErrors({ form: inWords(error) }))
      .finally(() => setBusy(false));
  };

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <TextInput
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        autoFocus
        error={errors.email}
        onChange={() => errors.email && setErrors({})}
      />
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="current-password"
        error={errors.password}
        onChange={() => errors.password && setErrors({})}
        visibilityToggleButtonProps={{ "aria-label": "Show what is typed", tabIndex: 0 }}
      />
      {errors.form && (
        <p role="alert" className={classes.trouble}>
          {errors.form}
        </p>
      )}
      <Button type="submit" loading={busy} fullWidth>
        Sign in
      </Button>
      <Link to="/reset-password" className={classes.forgot}>
        Forgot your password?
      </Link>
    </form>
  );
}

function missingFields(email: string, password: string): FieldErrors {
  const missing: FieldErrors = {};
  if (email === "") missing.email = "Enter your e-mail.";
  else if (!/^[^\s@]+@[^\s@]+$/.test(email)) missing.email = "This is not a complete e-mail address.";
  if (password === "") missing.password = "Enter your password.";
  return missing;
}

function inWords(error: unknown): string {
  const { what, advice } = troubleOf(error);
  return `${what} ${advice}`;
}
