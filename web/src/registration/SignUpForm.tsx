import "@mantine/core/styles/Input.css";
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { send } from "../api/server.js";
import { NewPasswordField } from "../components/NewPasswordField.js";
import { ProblemText } from "../components/ProblemText.js";
import { weakWords } from "../components/password-words.js";
import { failureWords, useAction } from "../components/use-action.js";
import { SignUpDocument } from "../gql/graphql.js";
import { waitWords } from "../sign-in/wait-words.js";
import classes from "./Registration.module.css";
import { errorsOfFields, type FieldErrors, missingIn, ownPlace, without } from "./registration-form.js";

/** Who one is, and how the organisation is called. Never says whether somebody has the e-mail: the mail does. */
export function SignUpForm({ onSent }: { onSent(email: string): void }) {
  const [values, setValues] = useState({ displayName: "", organisationName: "", email: "" });
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<FieldErrors>({});
  const action = useAction();

  async function signUp(): Promise<string | null> {
    const { displayName, organisationName, email } = values;
    const wish = {
      displayName: displayName.trim(),
      organisationName: organisationName.trim(),
      email: email.trim(),
      password,
    };
    const missing = missingIn(wish);
    setErrors(missing);
    if (Object.keys(missing).length > 0) return null;
    const { data, errors: failed } = await send(SignUpDocument, { input: { ...wish, ...ownPlace() } });
    const result = data?.signUp;
    switch (result?.__typename) {
      case "MailSent":
        onSent(wish.email);
        return null;
      case "WeakPasswordProblem":
        setErrors({ password: weakWords(result.reasons) });
        return null;
      case "InvalidInputProblem":
        setErrors(errorsOfFields(result.fields));
        return null;
      case "RateLimitedProblem":
        return `Too many attempts. Wait ${waitWords(result.retryAfterSeconds)} and try again.`;
      default:
        return result ? result.message : failureWords(failed);
    }
  }

  const field = (name: keyof typeof values) => ({
    name,
    value: values[name],
    error: errors[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setValues((before) => ({ ...before, [name]: value }));
      setErrors((before) => without(before, name));
    },
  });

  const choosePassword = (chosen: string) => {
    setPassword(chosen);
    setErrors((before) => without(before, "password"));
  };

  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(signUp);
      }}
    >
      <TextInput label="Your name" autoComplete="name" autoFocus maxLength={120} {...field("displayName")} />
      <TextInput
        label="Organisation"
        description="Who pays for the machines: a company, a club, or you."
        inputWrapperOrder={["label", "input", "error", "description"]}
        autoComplete="organization"
        maxLength={120}
        {...field("organisationName")}
      />
      <TextInput label="E-mail" type="email" autoComplete="username" {...field("email")} />
      <NewPasswordField label="Password" value={password} onChange={choosePassword} error={errors["password"]} />
      <ProblemText>{action.problem}</ProblemText>
      <Button type="submit" loading={action.busy} fullWidth>
        Create the account
      </Button>
    </form>
  );
}
