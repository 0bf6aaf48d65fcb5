import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { troubleOf } from "../api/problems.js";
import { send } from "../api/server.js";
import { useNow } from "../components/use-now.js";
import { type ChallengeStepFragment, ResendChallengeDocument, VerifyChallengeDocument } from "../gql/graphql.js";
import classes from "./SignInPage.module.css";
import { codeDigits, countdown, waitWords } from "./wait-words.js";

interface CodeStepProps {
  challenge: ChallengeStepFragment;
  onSignedIn(accessTokenExpiresAt: string): Promise<void>;
  onRenewed(challenge: ChallengeStepFragment): void;
  onBack(): void;
}

const CODE_LENGTH = 6;
const CHANNELS = {
  EMAIL: "We sent a 6-digit code by e-mail",
  WHATSAPP: "We sent a 6-digit code by WhatsApp",
  AUTHENTICATOR: "Open your authenticator app for the 6-digit code",
};
const START_AGAIN = "This sign-in is over. Go back and start again.";

/** Second step: the one-time code. Six digits submit themselves, typed or pasted. */
export function CodeStep({ challenge, onSignedIn, onRenewed, onBack }: CodeStepProps) {
  const [code, setCode] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const now = useNow(1_000);
  const expired = now >= Date.parse(challenge.expiresAt);

  async function verify(digits: string): Promise<string | null> {
    const { data, errors } = await send(VerifyChallengeDocument, {
      input: { challengeId: challenge.id, code: digits, delivery: "COOKIE" },
    });
    const result = data?.verifyChallenge;
    switch (result?.__typename) {
      case "SignedIn":
        await onSignedIn(result.accessTokenExpiresAt);
        return null;
      case "InvalidCodeProblem":
        return result.attemptsLeft > 0 ? `This code is not right. ${triesLeft(result.attemptsLeft)}` : START_AGAIN;
      case "ExpiredCodeProblem":
        return result.resendsLeft > 0 ? "This code has expired. Send a new one." : START_AGAIN;
      case "InvalidTokenProblem":
        return START_AGAIN;
      case "RateLimitedProblem":
        return `Too many attempts. Wait ${waitWords(result.retryAfterSeconds)} and try again.`;
      default:
        return inWords(errors);
    }
  }

  async function resend(): Promise<string | null> {
    const { data, errors } = await send(ResendChallengeDocument, { input: { challengeId: challenge.id } });
    const result = data?.resendChallenge;
    if (result?.__typename === "Challenge") {
      setCode("");
      setNotice("A new code is on its way. The old one no longer works.");
      onRenewed(result);
      return null;
    }
    if (result?.__typename === "RateLimitedProblem") {
      return `A new code can be sent in ${waitWords(result.retryAfterSeconds)}.`;
    }
    return result?.__typename === "InvalidTokenProblem" ? START_AGAIN : inWords(errors);
  }

  async function run(step: () => Promise<string | null>): Promise<void> {
    setBusy(true);
    setTrouble(null);
    setNotice(null);
    const problem = await step().catch(inWords);
    setTrouble(problem);
    if (problem !== null) setCode("");
    setBusy(false);
    input.current?.focus();
  }

  const submit = (digits: string) => void run(() => verify(digits));

  const type = (typed: string) => {
    const digits = codeDigits(typed);
    setCode(digits);
    if (digits.length === CODE_LENGTH && digits !== code && !busy) submit(digits);
  };

  return (
    <form
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (code.length === CODE_LENGTH) submit(code);
        else setTrouble("The code has 6 digits.");
      }}
    >
      <p>
        {CHANNELS[challenge.channel]}
        {challenge.destination ? ` to ${challenge.destination}.` : "."}
      </p>
      <TextInput
        ref={input}
        label="Code"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        value={code}
        readOnly={busy}
        onChange={(event) => type(event.currentTarget.value)}
        error={trouble ?? (expired ? "This code has expired. Send a new one." : null)}
        description={expired ? undefined : `Valid for ${countdown(Date.parse(challenge.expiresAt), now)}`}
        inputWrapperOrder={["label", "input", "error", "description"]}
        classNames={{ input: classes.code }}
      />
      {notice && <p role="status">{notice}</p>}
      <Button type="submit" loading={busy} fullWidth>
        Continue
      </Button>
      <div className={classes.row}>
        <button type="button" className={classes.quietButton} onClick={onBack}>
          Use another e-mail
        </button>
        <ResendButton challenge={challenge} now={now} busy={busy} onResend={() => void run(resend)} />
      </div>
    </form>
  );
}

interface ResendButtonProps {
  challenge: ChallengeStepFragment;
  now: number;
  busy: boolean;
  onResend(): void;
}

function ResendButton({ challenge, now, busy, onResend }: ResendButtonProps) {
  if (challenge.resendsLeft === 0) return <span className="small dimmed">No more codes can be sent.</span>;
  const allowedAt = Date.parse(challenge.resendAllowedAt);
  const waiting = now < allowedAt;
  return (
    <button type="button" className={classes.quietButton} disabled={waiting || busy} onClick={onResend}>
      {waiting ? `New code in ${countdown(allowedAt, now)}` : "Send a new code"}
    </button>
  );
}

function triesLeft(attempts: number): string {
  return attempts === 1 ? "One try is left." : `${attempts} tries are left.`;
}

function inWords(error: unknown): string {
  const { what, advice } = troubleOf(error);
  return `${what} ${advice}`;
}
