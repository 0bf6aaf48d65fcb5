import { useApolloClient } from "@apollo/client/react";
import { SessionNowFragmentDoc, WhatsAppPairingDocument, type WhatsAppPairingSubscription } from "../gql/graphql.js";
import { useLive } from "../live/use-live.js";

export type PairingNow = WhatsAppPairingSubscription["whatsappSession"];

/** Watches how a session stands; the cache follows. A code is handed on only, and kept nowhere. */
export function useSessionLive(sessionId: string, onState: (state: PairingNow) => void): void {
  const client = useApolloClient();
  useLive(WhatsAppPairingDocument, { id: sessionId }, true, ({ whatsappSession }) => {
    client.cache.writeFragment({
      id: `WhatsAppSession:${sessionId}`,
      fragment: SessionNowFragmentDoc,
      fragmentName: "SessionNow",
      data: { ...whatsappSession.session, ...{ __typename: "WhatsAppSession" } },
    });
    onState(whatsappSession);
  });
}
