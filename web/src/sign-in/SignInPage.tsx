import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { SchemeSwitch } from "../app/SchemeSwitch.js";
import { useServices, useStore } from "../app/services-context.js";
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

  useEffect(() => {
    document.title = "Sign in – Tollgate";
  }, []);

  const finish = async (accessTokenExpiresAt: string) => {
    await signedIn(accessTokenExpiresAt);
    await navigate({ href: safeReturnPath(next), replace: true });
  };

  return (
    <div className={classes.page}>
      <main id="main" className={classes.card}>
        <p className={classes.brand}>
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={24} height={24} />
          Tollgate
        </p>
        <h1 className={classes.title}>{challenge ? "Enter your code" : "Sign in"}</h1>
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
        {challenge && isDemo() && (
          <p className={classes.demo}>
            This is the demo: its mail goes to a mailbox of its own.{" "}
            <a href={`${import.meta.env.BASE_URL}mailbox`} target="_blank" rel="noreferrer">
              Open the mailbox
            </a>
          </p>
        )}
      </main>
      <div className={classes.scheme}>
        <SchemeSwitch />
      </div>
    </div>
  );
}

/** The server says so in the page; on one's own computer it is the demo as a rule. */
function isDemo(): boolean {
  const said = document.querySelector('meta[name="tollgate-demo"]')?.getAttribute("content");
  if (said) return said === "true";
  return window.location.hostname === "localhost" || window.location.hostname === "127.0.0.1";
}
