import "@mantine/core/styles/InlineInput.css";
import "@mantine/core/styles/Radio.css";
import { useMutation } from "@apollo/client/react";
import { Button, Radio } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { ConfigureMfaDocument, type MfaChannel, type SecondFactorFieldsFragment } from "../gql/graphql.js";
import { CHANNEL_NAMES } from "./factor-words.js";
import { PasswordField } from "./PasswordField.js";
import classes from "./Security.module.css";

interface ChangeFactorProps {
  factor: SecondFactorFieldsFragment;
  phone: string | null;
  enabled: boolean;
  onDone(): void;
  onCancel(): void;
}

type FieldErrors = Partial<Record<string, string>>;

/** Chooses how codes come, or switches them off; the password goes with it. */
export function ChangeFactor({ factor, phone, enabled, onDone, onCancel }: ChangeFactorProps) {
  const [configure] = useMutation(ConfigureMfaDocument);
  const [channel, setChannel] = useState<MfaChannel>(factor.channel);
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<FieldErrors>({});
  const action = useAction();

  const submit = async () => {
    const missing: FieldErrors = password === "" ? { password: "Enter your password." } : {};
    setErrors(missing);
    if (missing["password"]) return null;
    const answer = await configure({ variables: { input: { enabled, channel, password } } });
    const result = answer.data?.configureMfa;
    if (!result) return NO_ANSWER;
    if (result.__typename === "User") {
      onDone();
      return null;
    }
    if (result.__typename === "InvalidCredentialsProblem") setErrors({ password: "This password is not right." });
    else if (result.__typename === "InvalidInputProblem")
      setErrors(Object.fromEntries(result.fields.map(({ path: [field = ""], message }) => [field, message])));
    else return result.message;
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
      {enabled ? (
        <Channels factor={factor} phone={phone} channel={channel} onChange={setChannel} error={errors["channel"]} />
      ) : (
        <p>
          From then on the password alone opens your account, and whoever learns it is in. Your recovery codes end, and
          every device is asked for the password again.
        </p>
      )}
      <PasswordField value={password} onChange={setPassword} error={errors["password"]} />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onCancel}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy} color={enabled ? undefined : "red.9"}>
          {enabled ? "Save" : "Switch off"}
        </Button>
      </DialogButtons>
    </form>
  );
}

interface ChannelsProps {
  factor: SecondFactorFieldsFragment;
  phone: string | null;
  channel: MfaChannel;
  onChange(channel: MfaChannel): void;
  error?: string | undefined;
}

function Channels({ factor, phone, channel, onChange, error }: ChannelsProps) {
  const available = new Set(factor.availableChannels);
  const withoutWhatsApp =
    phone === null ? "Add your phone number to your profile first." : "Not possible at the moment.";
  return (
    <Radio.Group
      label="Codes come by"
      value={channel}
      onChange={(value) => onChange(value as MfaChannel)} // the values below
      error={error}
    >
      <div className={classes.choices}>
        <Radio value="EMAIL" label={CHANNEL_NAMES.EMAIL} />
        <Radio
          value="WHATSAPP"
          label={CHANNEL_NAMES.WHATSAPP}
          disabled={!available.has("WHATSAPP")}
          description={available.has("WHATSAPP") ? `To ${phone}` : withoutWhatsApp}
        />
        {available.has("AUTHENTICATOR") && <Radio value="AUTHENTICATOR" label={CHANNEL_NAMES.AUTHENTICATOR} />}
      </div>
      {factor.channel === "AUTHENTICATOR" && channel !== "AUTHENTICATOR" && (
        <p className="small dimmed">Your authenticator app is forgotten then. To use it again, set it up anew.</p>
      )}
    </Radio.Group>
  );
}
