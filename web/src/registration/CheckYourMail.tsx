import { useState } from "react";
import { send, serverNow } from "../api/server.js";
import { ProblemText } from "../components/ProblemText.js";
import { failureWords, useAction } from "../components/use-action.js";
import { useNow } from "../components/use-now.js";
import { RequestEmailVerificationDocument } from "../gql/graphql.js";
import { countdown, waitWords } from "../sign-in/wait-words.js";
import classes from "./Registration.module.css";

/** The server sends no second link sooner. */
const PAUSE_MS = 60_000;

/** After signing up: where the link went, and how to get another one. */
export function CheckYourMail({ email, onBack }: { email: string; onBack(): void }) {
  const [allowedAt, setAllowedAt] = useState(() => serverNow() + PAUSE_MS);
  const [isSentAgain, setSentAgain] = useState(false);
  const now = useNow(1_000);
  const action = useAction();
  const isWaiting = now < allowedAt;

  async function sendAgain(): Promise<string | null> {
    setSentAgain(false);
    const { data, errors } = await send(RequestEmailVerificationDocument, { input: { email } });
    const result = data?.requestEmailVerification;
    if (result?.__typename === "MailSent") {
      setSentAgain(true);
      setAllowedAt(serverNow() + PAUSE_MS);
      return null;
    }
    if (result?.__typename === "RateLimitedProblem") {
      return `Too many requests. Wait ${waitWords(result.retryAfterSeconds)} and try again.`;
    }
    return result ? result.message : failureWords(errors);
  }

  return (
    <>
      <p className={classes.lead}>
        We sent a link to <strong>{email}</strong>. Open it within seven days, and your account is ready.
      </p>
      <p className="dimmed">Nothing there? Look among the junk mail, and whether the address is right.</p>
      {isSentAgain && (
        <p role="status" className={classes.notice}>
          If the address is right, a new link is on its way. The old one no longer works.
        </p>
      )}
      <ProblemText>{action.problem}</ProblemText>
      <div className={classes.row}>
        <button type="button" className={classes.quietButton} onClick={onBack}>
          Use another e-mail
        </button>
        <button
          type="button"
          className={classes.quietButton}
          disabled={isWaiting || action.busy}
          onClick={() => action.run(sendAgain)}
        >
          {isWaiting ? `New link in ${countdown(allowedAt, now)}` : "Send the link again"}
        </button>
      </div>
    </>
  );
}
