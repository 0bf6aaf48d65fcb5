import { useState } from "react";
import { troubleOf } from "../api/problems.js";
import { send } from "../api/server.js";
import {
  type ChallengeStepFragment,
  type MfaChannel,
  ResendChallengeDocument,
  VerifyChallengeDocument,
} from "../gql/graphql.js";
import { waitWords } from "./wait-words.js";

export const START_AGAIN = "This sign-in is over. Go back and start again.";

/** One of the two that a challenge can be answered with. */
export type Proof = { code: string } | { recoveryCode: string };

interface SecondStepParts {
  challenge: ChallengeStepFragment;
  onSignedIn(accessTokenExpiresAt: string): Promise<void>;
  onRenewed(challenge: ChallengeStepFragment): void;
}

/** What the second step does: answers a challenge, and asks for another code. One request at a time. */
export function useSecondStep({ challenge, onSignedIn, onRenewed }: SecondStepParts) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [notice, setNotice] = useState<string | null>(null);

  async function run(step: () => Promise<string | null>): Promise<boolean> {
    setBusy(true);
    setTrouble(null);
    setNotice(null);
    const problem = await step().catch(inWords);
    setTrouble(problem);
    setBusy(false);
    return problem === null;
  }

  async function verify(proof: Proof, rememberDevice: boolean): Promise<string | null> {
    const { data, errors } = await send(VerifyChallengeDocument, {
      input: { challengeId: challenge.id, ...proof, rememberDevice, delivery: "COOKIE" },
    });
    const result = data?.verifyChallenge;
    switch (result?.__typename) {
      case "SignedIn":
        await onSignedIn(result.accessTokenExpiresAt);
        return null;
      case "InvalidCodeProblem":
        return result.attemptsLeft > 0 ? `This code is not right. ${triesLeft(result.attemptsLeft)}` : START_AGAIN;
      case "ExpiredCodeProblem":
        return result.resendsLeft > 0 ? `This took too long. ${renewal(challenge.channel)}` : START_AGAIN;
      case "InvalidTokenProblem":
        return START_AGAIN;
      case "RateLimitedProblem":
        return `Too many attempts. Wait ${waitWords(result.retryAfterSeconds)} and try again.`;
      default:
        return inWords(errors);
    }
  }

  async function resend(channel: MfaChannel): Promise<string | null> {
    const { data, errors } = await send(ResendChallengeDocument, { input: { challengeId: challenge.id, channel } });
    const result = data?.resendChallenge;
    if (result?.__typename === "Challenge") {
      setNotice(
        channel === "AUTHENTICATOR"
          ? "You have five more minutes."
          : "A new code is on its way. The old one no longer works.",
      );
      onRenewed(result);
      return null;
    }
    if (result?.__typename === "RateLimitedProblem") {
      return `A new code can be sent in ${waitWords(result.retryAfterSeconds)}.`;
    }
    return result?.__typename === "InvalidTokenProblem" ? START_AGAIN : inWords(errors);
  }

  return {
    busy,
    trouble,
    notice,
    say: setTrouble,
    /** @returns whether it was right. */
    verify: (proof: Proof, rememberDevice: boolean) => run(() => verify(proof, rememberDevice)),
    /** @returns whether a new code is on its way. */
    resend: (channel: MfaChannel) => run(() => resend(channel)),
  };
}

export function renewal(channel: MfaChannel): string {
  return channel === "AUTHENTICATOR" ? "Ask for more time." : "Send a new code.";
}

function triesLeft(attempts: number): string {
  return attempts === 1 ? "One try is left." : `${attempts} tries are left.`;
}

function inWords(error: unknown): string {
  const { what, advice } = troubleOf(error);
  return `${what} ${advice}`;
}
