import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useServices, useStore } from "../app/services-context.js";
import { PublicPage } from "../components/PublicPage.js";
import type { ChallengeStepFragment } from "../gql/graphql.js";
import { SignUpLink } from "../registration/SignUpLink.js";
import { safeReturnPath } from "../session/return-path.js";
import { CodeStep } from "./CodeStep.js";
import { PasswordStep } from "./PasswordStep.js";
import classes from "./SignInPage.module.css";

const MESSAGES = {
  none: null,
  left: "You are signed out.",
  expired: "Your session ended. Sign in again to go on where you were.",
};

/** E-mail and password, then the one-time code, then back to where the person was. */
export function SignInPage() {
  const { session, signedIn } = useServices();
  const { reason } = useStore(session.state);
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const [challenge, setChallenge] = useState<ChallengeStepFragment | null>(null);

  const finish = async (accessTokenExpiresAt: string) => {
    await signedIn(accessTokenExpiresAt);
    await navigate({ href: safeReturnPath(next), replace: true });
  };

  return (
    <PublicPage title={challenge ? "Enter your code" : "Sign in"} awaitsMail={challenge !== null}>
      {MESSAGES[reason] && !challenge && (
        <p role="status" className={classes.message}>
          {MESSAGES[reason]}
        </p>
      )}
      {challenge ? (
        <CodeStep
          challenge={challenge}
          onSignedIn={finish}
          onRenewed={setChallenge}
          onBack={() => setChallenge(null)}
        />
      ) : (
        <PasswordStep onChallenge={setChallenge} onSignedIn={finish} />
      )}
      {!challenge && <SignUpLink />}
    </PublicPage>
  );
}
