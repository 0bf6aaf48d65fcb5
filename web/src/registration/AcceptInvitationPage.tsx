import { useQuery } from "@apollo/client/react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useFormats, usePerson, useServices } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { PublicPage } from "../components/PublicPage.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { useLinkToken } from "../components/use-link-token.js";
import { InvitationPreviewDocument, type InvitationPreviewQuery } from "../gql/graphql.js";
import { AcceptForm } from "./AcceptForm.js";
import classes from "./Registration.module.css";

/** What a mailed invitation leads to: who invites whom, then one's name and password. */
export function AcceptInvitationPage() {
  const token = useLinkToken();
  const [isOver, setOver] = useState(false);
  const { signedIn } = useServices();
  const navigate = useNavigate();
  const { data, error, loading, refetch } = useQuery(InvitationPreviewDocument, {
    variables: { token: token ?? "" },
    skip: token === null,
    fetchPolicy: "no-cache",
  });
  const invitation = data?.invitation;

  if (token === null || isOver || (data && !invitation && !error)) return <Ended hadToken={token !== null} />;
  return (
    <PublicPage title={invitation ? `Join ${invitation.organisationName}` : "Your invitation"}>
      {loading && !invitation && <Bones lines={4} height={36} label="your invitation" />}
      {error && !invitation && <TroubleNotice error={error} of="Your invitation" onRetry={() => refetch()} />}
      {invitation && (
        <>
          <Greeting invitation={invitation} />
          <AcceptForm
            token={token}
            email={invitation.email}
            onEnded={() => setOver(true)}
            onSignedIn={async (accessTokenExpiresAt) => {
              await signedIn(accessTokenExpiresAt);
              await navigate({ to: "/", replace: true });
            }}
          />
        </>
      )}
    </PublicPage>
  );
}

function Greeting({ invitation }: { invitation: NonNullable<InvitationPreviewQuery["invitation"]> }) {
  const formats = useFormats();
  const person = usePerson();
  const { invitedByName, organisationName, roleNames, expiresAt } = invitation;
  return (
    <>
      <p className={classes.lead}>
        {invitedByName ?? "Somebody"} invites you to work with <strong>{organisationName}</strong>
        {roleNames.length > 0 && ` as ${roleNames.join(", ")}`}. The invitation is good until{" "}
        {formats.dateTime(expiresAt)}.
      </p>
      {person && (
        <p className={classes.notice}>
          You are signed in as {person.displayName}. Accepting makes a new account and switches to it.
        </p>
      )}
    </>
  );
}

function Ended({ hadToken }: { hadToken: boolean }) {
  return (
    <PublicPage title={hadToken ? "This invitation has ended" : "Open the link in your mail"}>
      <p>
        {hadToken
          ? "It was used already, taken back or replaced by a newer one, or its seven days are over."
          : "The invitation is in a mail to you: the link there leads here."}
      </p>
      <p>
        If you have accepted it, <Link to="/sign-in">sign in</Link>. Otherwise ask whoever invited you to send it again.
      </p>
    </PublicPage>
  );
}
