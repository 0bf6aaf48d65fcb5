import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Bones } from "../components/Bones.js";
import { PublicPage } from "../components/PublicPage.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { IsSignUpOpenDocument } from "../gql/graphql.js";
import { CheckYourMail } from "./CheckYourMail.js";
import { SignUpForm } from "./SignUpForm.js";

/** An account with an organisation of one's own, while the operator lets people sign up by themselves. */
export function SignUpPage() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { data, error, refetch } = useQuery(IsSignUpOpenDocument, { fetchPolicy: "no-cache" });
  const isOpen = data?.isSignUpOpen;

  if (sentTo !== null) {
    return (
      <PublicPage title="Check your mail" awaitsMail>
        <CheckYourMail email={sentTo} onBack={() => setSentTo(null)} />
      </PublicPage>
    );
  }
  return (
    <PublicPage title={isOpen === false ? "Signing up is closed" : "Create your account"}>
      {isOpen === false && <p>Tollgate takes new people by invitation only. Ask somebody who uses it to invite you.</p>}
      {isOpen === true && <SignUpForm onSent={setSentTo} />}
      {typeof isOpen !== "boolean" &&
        (error ? (
          <TroubleNotice error={error} of="Signing up" onRetry={() => refetch()} />
        ) : (
          <Bones lines={4} height={36} label="the form" />
        ))}
      <p>
        You have an account? <Link to="/sign-in">Sign in</Link>
      </p>
    </PublicPage>
  );
}
