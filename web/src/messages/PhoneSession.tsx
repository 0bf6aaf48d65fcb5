import { useMutation } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import {
  ConnectWhatsAppDocument,
  DisconnectWhatsAppDocument,
  LogOutWhatsAppDocument,
  type SessionNowFragment,
} from "../gql/graphql.js";
import classes from "./Messages.module.css";
import { PairingState } from "./PairingState.js";
import { PairPhone } from "./PairPhone.js";
import { FAILURES, STATUSES } from "./session-words.js";
import { type PairingNow, useSessionLive } from "./use-session-live.js";

/** One phone: how it stands, live, and what can be done with it. */
export function PhoneSession({ session, mayManage }: { session: SessionNowFragment; mayManage: boolean }) {
  const [now, setNow] = useState<PairingNow | null>(null);
  useSessionLive(session.id, setNow);
  const { status } = session;
  const pairing = now?.__typename === "WhatsAppQrReady" || now?.__typename === "WhatsAppPairingCodeReady" ? now : null;
  const canPair = status === "DISCONNECTED" || status === "LOGGED_OUT" || status === "FAILED" || pairing !== null;
  return (
    <section className={classes.phone} aria-label={session.name}>
      <div className={classes.phoneHead}>
        <h3 className={classes.phoneName}>{session.name}</h3>
        <span role="status" className={status === "CONNECTED" ? classes.good : "dimmed"}>
          {STATUSES[status]}
        </span>
      </div>
      {session.phone && <p className="mono">{session.phone}</p>}
      {session.failureReason && <p>{FAILURES[session.failureReason]}</p>}
      {session.queuedMessages > 0 && <p className="small dimmed">{session.queuedMessages} messages wait to be sent.</p>}
      {mayManage && pairing && <PairingState state={pairing} sessionId={session.id} />}
      {mayManage && canPair && !pairing && <PairPhone sessionId={session.id} />}
      {mayManage && <Actions session={session} pairing={pairing !== null} />}
      {mayManage && session.driver === "SIMULATED" && (
        <a href={`${import.meta.env.BASE_URL}rehearsal/${session.id}`} target="_blank" rel="noopener">
          Open the rehearsal phone
        </a>
      )}
    </section>
  );
}

function Actions({ session, pairing }: { session: SessionNowFragment; pairing: boolean }) {
  const [connect] = useMutation(ConnectWhatsAppDocument);
  const [disconnect] = useMutation(DisconnectWhatsAppDocument);
  const [logOut] = useMutation(LogOutWhatsAppDocument);
  const action = useAction();
  const variables = { input: { sessionId: session.id } };
  const outcome = (result: Answer | null | undefined) =>
    !result ? NO_ANSWER : result.__typename === "WhatsAppSession" ? null : (result.message ?? NO_ANSWER);
  const paired = session.phone !== null;
  const running =
    session.status === "CONNECTED" || session.status === "RECONNECTING" || session.status === "CONNECTING";
  const button = (label: string, step: () => Promise<string | null>) => (
    <Button size="xs" variant="default" disabled={action.busy} onClick={() => action.run(step)}>
      {label}
    </Button>
  );
  return (
    <>
      <ProblemText>{action.problem}</ProblemText>
      <div className={classes.row}>
        {paired &&
          session.status === "DISCONNECTED" &&
          button("Connect", async () => outcome((await connect({ variables })).data?.connectWhatsApp))}
        {(running || pairing) &&
          button(pairing ? "Stop pairing" : "Disconnect", async () =>
            outcome((await disconnect({ variables })).data?.disconnectWhatsApp),
          )}
        {paired &&
          session.status !== "LOGGED_OUT" &&
          button("Log out", async () => outcome((await logOut({ variables })).data?.logOutWhatsApp))}
      </div>
    </>
  );
}

interface Answer {
  __typename: string;
  message?: string;
}
