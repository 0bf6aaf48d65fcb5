import "@mantine/core/styles/Input.css";
import { Button, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { send } from "../api/server.js";
import { NewPasswordField } from "../components/NewPasswordField.js";
import { ProblemText } from "../components/ProblemText.js";
import { weakWords } from "../components/password-words.js";
import { failureWords, useAction } from "../components/use-action.js";
import { AcceptInvitationDocument } from "../gql/graphql.js";
import classes from "./Registration.module.css";
import { errorsOfFields, type FieldErrors, missingIn, ownPlace, phoneFrom, without } from "./registration-form.js";

interface AcceptFormProps {
  token: string;
  email: string;
  onSignedIn(accessTokenExpiresAt: string): Promise<void>;
  /** The token opens nothing any more. */
  onEnded(): void;
}

/** Who one is and with which password one comes in from now on. A repetition goes on where the last one was interrupted. */
export function AcceptForm({ token, email, onSignedIn, onEnded }: AcceptFormProps) {
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  const [phone, setPhone] = useState("");
  const [errors, setErrors] = useState<FieldErrors>({});
  const [isTaken, setTaken] = useState(false);
  const action = useAction();
  /** What is typed anew is not wrong yet. */
  const typing = (field: string, take: (value: string) => void) => (value: string) => {
    take(value);
    setErrors((before) => without(before, field));
  };

  async function accept(): Promise<string | null> {
    const wish = { displayName: displayName.trim(), password, phone: phoneFrom(phone) };
    const missing = missingIn(wish);
    setErrors(missing);
    if (Object.keys(missing).length > 0) return null;
    const { data, errors: failed } = await send(AcceptInvitationDocument, {
      input: { ...wish, phone: wish.phone || null, token, delivery: "COOKIE", ...ownPlace() },
    });
    const result = data?.acceptInvitation;
    switch (result?.__typename) {
      case "SignedIn":
        await onSignedIn(result.accessTokenExpiresAt);
        return null;
      case "InvalidTokenProblem":
        onEnded();
        return null;
      case "WeakPasswordProblem":
        setErrors({ password: weakWords(result.reasons) });
        return null;
      case "InvalidInputProblem":
        setErrors(errorsOfFields(result.fields));
        return null;
      case "ConflictProblem":
        setTaken(true);
        return result.message;
      default:
        return result ? result.message : failureWords(failed);
    }
  }

  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(accept);
      }}
    >
      <TextInput label="E-mail" name="email" autoComplete="username" value={email} readOnly />
      <TextInput
        label="Your name"
        name="name"
        autoComplete="name"
        autoFocus
        maxLength={120}
        value={displayName}
        onChange={(event) => typing("displayName", setDisplayName)(event.currentTarget.value)}
        error={errors["displayName"]}
      />
      <NewPasswordField
        label="Password"
        value={password}
        onChange={typing("password", setPassword)}
        error={errors["password"]}
      />
      <TextInput
        label="Phone"
        name="phone"
        type="tel"
        autoComplete="tel"
        placeholder="+27 82 123 4567"
        description="If you like: for codes and alerts by WhatsApp."
        inputWrapperOrder={["label", "input", "error", "description"]}
        value={phone}
        onChange={(event) => typing("phone", setPhone)(event.currentTarget.value)}
        error={errors["phone"]}
      />
      <ProblemText>{action.problem}</ProblemText>
      {isTaken && (
        <p>
          <Link to="/sign-in">Sign in</Link> with the account that you have, or ask to be invited with another e-mail.
        </p>
      )}
      <Button type="submit" loading={action.busy} fullWidth>
        Accept and sign in
      </Button>
    </form>
  );
}
