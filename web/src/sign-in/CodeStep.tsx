import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/InlineInput.css";
import { Button, Checkbox, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { onOwnClock } from "../api/server.js";
import { useNow } from "../components/use-now.js";
import type { ChallengeStepFragment } from "../gql/graphql.js";
import { RECOVERY_LENGTH, recoveryCode, whereIsTheCode } from "./code-words.js";
import { OtherWays } from "./OtherWays.js";
import classes from "./SignInPage.module.css";
import { renewal, useSecondStep } from "./use-second-step.js";
import { codeDigits, countdown } from "./wait-words.js";

interface CodeStepProps {
  challenge: ChallengeStepFragment;
  onSignedIn(accessTokenExpiresAt: string): Promise<void>;
  onRenewed(challenge: ChallengeStepFragment): void;
  onBack(): void;
}

const CODE_LENGTH = 6;

/** Second step: the one-time code, or a recovery code. Six digits submit themselves, typed or pasted. */
export function CodeStep({ challenge, onSignedIn, onRenewed, onBack }: CodeStepProps) {
  const [code, setCode] = useState("");
  const [recovering, setRecovering] = useState(false);
  const [remember, setRemember] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const step = useSecondStep({ challenge, onSignedIn, onRenewed });
  const now = useNow(1_000);
  const expiresAt = onOwnClock(challenge.expiresAt);
  const expired = now >= expiresAt;
  const isWhole = code.length === (recovering ? RECOVERY_LENGTH : CODE_LENGTH);

  const settle = (went: boolean) => {
    if (!went) setCode("");
    input.current?.focus();
  };
  const submit = (whole: string) => {
    void step.verify(recovering ? { recoveryCode: whole } : { code: whole }, remember).then(settle);
  };
  const type = (typed: string) => {
    const next = recovering ? recoveryCode(typed) : codeDigits(typed);
    setCode(next);
    if (!recovering && next.length === CODE_LENGTH && next !== code && !step.busy) submit(next);
  };
  const switchTo = (recovery: boolean) => {
    setRecovering(recovery);
    setCode("");
    step.say(null);
    input.current?.focus();
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (isWhole) submit(code);
        else step.say(recovering ? "A recovery code has 10 letters and digits." : "The code has 6 digits.");
      }}
    >
      <p>{recovering ? "Enter one of the recovery codes that you kept. It works once." : whereIsTheCode(challenge)}</p>
      <TextInput
        ref={input}
        label={recovering ? "Recovery code" : "Code"}
        name={recovering ? "recovery-code" : "code"}
        inputMode={recovering ? "text" : "numeric"}
        autoComplete={recovering ? "off" : "one-time-code"}
        autoFocus
        value={code}
        readOnly={step.busy}
        onChange={(event) => type(event.currentTarget.value)}
        error={step.trouble ?? (expired ? `This took too long. ${renewal(challenge.channel)}` : null)}
        description={expired ? undefined : `Valid for ${countdown(expiresAt, now)}`}
        inputWrapperOrder={["label", "input", "error", "description"]}
        classNames={{ input: recovering ? classes.recovery : classes.code }}
      />
      {challenge.mayRememberDevice && (
        <Checkbox
          size="xs"
          label={`Do not ask for a code in this browser for ${daysWords(challenge.rememberDeviceDays)}`}
          description="Only where nobody else uses it."
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
      )}
      {step.notice && <p role="status">{step.notice}</p>}
      <Button type="submit" loading={step.busy} fullWidth>
        Continue
      </Button>
      <OtherWays
        challenge={challenge}
        recovering={recovering}
        now={now}
        busy={step.busy}
        onResend={(channel) => {
          setCode("");
          void step.resend(channel).then(settle);
        }}
        onRecovery={switchTo}
        onBack={onBack}
      />
    </form>
  );
}

function daysWords(days: number): string {
  return days === 1 ? "a day" : `${days} days`;
}
