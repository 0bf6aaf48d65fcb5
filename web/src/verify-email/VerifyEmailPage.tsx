import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { send } from "../api/server.js";
import { useServices, useStore } from "../app/services-context.js";
import { ProblemText } from "../components/ProblemText.js";
import { PublicPage } from "../components/PublicPage.js";
import { SignInLink } from "../components/SignInLink.js";
import { failureWords, useAction } from "../components/use-action.js";
import { useLinkToken } from "../components/use-link-token.js";
import { VerifyEmailDocument } from "../gql/graphql.js";

type Outcome = { is: "verified"; email: string } | { is: "ended" } | { is: "taken"; message: string };

const TITLES = {
  open: "Confirm your e-mail address",
  verified: "Your address is confirmed",
  ended: "This link has ended",
  taken: "This address is taken",
};

/** Where the links of sign-ups and of changed addresses lead. It asks once more: programs that look into mails open links too. */
export function VerifyEmailPage() {
  const token = useLinkToken();
  const services = useServices();
  const isSignedIn = useStore(services.session.state).status === "signed-in";
  const [outcome, setOutcome] = useState<Outcome | null>(token === null ? { is: "ended" } : null);
  const action = useAction();

  const confirm = async () => {
    const { data, errors } = await send(VerifyEmailDocument, { input: { token: token ?? "" } });
    const result = data?.verifyEmail;
    switch (result?.__typename) {
      case "EmailVerified":
        setOutcome({ is: "verified", email: result.email });
        if (isSignedIn) services.refresh();
        return null;
      case "InvalidTokenProblem":
        setOutcome({ is: "ended" });
        return null;
      case "ConflictProblem":
        setOutcome({ is: "taken", message: result.message });
        return null;
      default:
        return failureWords(errors);
    }
  };
  const wayOn = isSignedIn ? <Link to="/profile">Go to your profile</Link> : <SignInLink as="button" />;

  return (
    <PublicPage title={TITLES[outcome?.is ?? "open"]}>
      {outcome === null && (
        <>
          <p>One step is left: confirm that you want to use this address with Tollgate.</p>
          <ProblemText>{action.problem}</ProblemText>
          <Button loading={action.busy} onClick={() => action.run(confirm)} fullWidth autoFocus>
            Confirm the address
          </Button>
        </>
      )}
      {outcome?.is === "verified" && (
        <>
          <p role="status">From now on you sign in with {outcome.email}.</p>
          {wayOn}
        </>
      )}
      {outcome?.is === "ended" && (
        <>
          <p role="alert">
            It was used already, a newer one was sent, or it is too old. If your address is not confirmed yet, ask for a
            new link where you asked for this one.
          </p>
          {wayOn}
        </>
      )}
      {outcome?.is === "taken" && (
        <>
          <p role="alert">
            {outcome.message}{" "}
            {isSignedIn
              ? "Nothing was changed. Choose another address on your profile."
              : "If that is you, sign in with it; if you forgot the password, choose a new one there. Otherwise start again with another address."}
          </p>
          {wayOn}
        </>
      )}
    </PublicPage>
  );
}
