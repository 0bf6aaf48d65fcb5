import { useApolloClient, useQuery } from "@apollo/client/react";
import { useParams } from "@tanstack/react-router";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ABSENT } from "../format/formats.js";
import { OnePersonDocument, type OnePersonQuery, SessionsDocument } from "../gql/graphql.js";
import { Sessions } from "../sessions/Sessions.js";
import { Attempts } from "./Attempts.js";
import classes from "./People.module.css";
import { PersonActions } from "./PersonActions.js";
import { PersonStatus } from "./PersonStatus.js";

/** One person, for those who look after people: who it is, where signed in, and what can be done. */
export function PersonPage() {
  const { id } = useParams({ from: "/shell/people/$id" });
  const [mayManage, mayRead] = [useMay("user:manage"), useMay("signInAttempt:read")];
  const { data, error, refetch } = useQuery(OnePersonDocument, {
    variables: { id },
    fetchPolicy: "cache-and-network",
  });
  const person = data?.user;
  const client = useApolloClient();
  const reload = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  /** Whatever was done to the person may have ended sessions. */
  const changed = () => {
    reload();
    client.refetchQueries({ include: [SessionsDocument] }).catch(() => undefined); // told by the list itself
  };
  return (
    <>
      <PageHeader
        title={person?.displayName ?? "Person"}
        above={{ label: "People", to: "/people" }}
        aside={person && <PersonStatus status={person.status} />}
      />
      {!person && !error && <Bones lines={4} height={20} label="the person" />}
      {!person && error && <TroubleNotice error={error} of="This person" onRetry={reload} />}
      {person && (
        <>
          <Panel title="About">
            <About person={person} />
            <PersonActions person={person} onChanged={changed} />
          </Panel>
          {mayManage && person.status !== "ERASED" && (
            <Panel title="Where signed in">
              <Sessions userId={person.id} />
            </Panel>
          )}
          {mayRead && (
            <Panel title="Attempts to sign in">
              <Attempts userId={person.id} />
            </Panel>
          )}
        </>
      )}
    </>
  );
}

const CHANNELS = { EMAIL: "codes by e-mail", WHATSAPP: "codes by WhatsApp", AUTHENTICATOR: "authenticator app" };

function About({ person }: { person: NonNullable<OnePersonQuery["user"]> }) {
  const formats = useFormats();
  const { email, emailVerified, phone, organisation, roles, mfa, lastSignedInAt, createdAt, lockedUntil } = person;
  if (person.status === "ERASED") {
    return <p>Erased for good. What this person did stays in the audit trail and the books, under this pseudonym.</p>;
  }
  return (
    <dl className={classes.facts}>
      <dt>E-mail</dt>
      <dd>
        {email ?? ABSENT}
        {emailVerified === false && " (not confirmed)"}
      </dd>
      <dt>Phone</dt>
      <dd>{phone ?? ABSENT}</dd>
      <dt>Organisation</dt>
      <dd>{organisation?.name ?? ABSENT}</dd>
      <dt>Roles</dt>
      <dd>{roles?.map(({ name }) => name).join(", ") || ABSENT}</dd>
      <dt>Second factor</dt>
      <dd>{mfa ? (mfa.enabled ? CHANNELS[mfa.channel] : "none") : ABSENT}</dd>
      <dt>Last signed in</dt>
      <dd>{lastSignedInAt ? formats.dateTime(lastSignedInAt) : "Never"}</dd>
      {lockedUntil && (
        <>
          <dt>Locked until</dt>
          <dd>{formats.dateTime(lockedUntil)}, after too many failed attempts</dd>
        </>
      )}
      <dt>Since</dt>
      <dd>{formats.dateTime(createdAt)}</dd>
    </dl>
  );
}
