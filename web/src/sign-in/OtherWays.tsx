import { onOwnClock } from "../api/server.js";
import type { ChallengeStepFragment, MfaChannel } from "../gql/graphql.js";
import { otherWays } from "./code-words.js";
import classes from "./SignInPage.module.css";
import { countdown } from "./wait-words.js";

interface OtherWaysProps {
  challenge: ChallengeStepFragment;
  recovering: boolean;
  now: number;
  busy: boolean;
  onResend(channel: MfaChannel): void;
  onRecovery(recovering: boolean): void;
  onBack(): void;
}

/** When the code does not come: another one, another channel, a recovery code, or another person. */
export function OtherWays({ challenge, recovering, now, busy, onResend, onRecovery, onBack }: OtherWaysProps) {
  const allowedAt = onOwnClock(challenge.resendAllowedAt);
  const waiting = now < allowedAt;
  const another = challenge.channel === "AUTHENTICATOR" ? "Ask for more time" : "Send a new code";
  const canResend = challenge.resendsLeft > 0 && !recovering;
  return (
    <>
      <div className={classes.row}>
        <button type="button" className={classes.quietButton} onClick={onBack}>
          Use another e-mail
        </button>
        {canResend && (
          <button
            type="button"
            className={classes.quietButton}
            disabled={waiting || busy}
            onClick={() => onResend(challenge.channel)}
          >
            {waiting ? `${another} in ${countdown(allowedAt, now)}` : another}
          </button>
        )}
        {challenge.resendsLeft === 0 && !recovering && <span className="small dimmed">No more codes can be sent.</span>}
      </div>
      <div className={classes.ways}>
        {canResend &&
          otherWays(challenge).map(({ channel, words }) => (
            <button
              key={channel}
              type="button"
              className={classes.quietButton}
              disabled={waiting || busy}
              onClick={() => onResend(channel)}
            >
              {words}
            </button>
          ))}
        <button type="button" className={classes.quietButton} disabled={busy} onClick={() => onRecovery(!recovering)}>
          {recovering ? "Use the code instead" : "Use a recovery code"}
        </button>
      </div>
    </>
  );
}
