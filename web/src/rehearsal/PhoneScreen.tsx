import { useApolloClient, useQuery } from "@apollo/client/react";
import { useEffect } from "react";
import { useMay, useServices } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { PhoneRangDocument, PhoneScreenDocument } from "../gql/graphql.js";
import { MessageBubble } from "../messages/MessageBubble.js";
import classes from "./Rehearsal.module.css";

/** What the phones at the other end show: what Tollgate sent comes in on the left. */
export function PhoneScreen({ sessionId }: { sessionId: string }) {
  const may = useMay("conversation:read");
  const { data, error, refetch } = useQuery(PhoneScreenDocument, { variables: { sessionId }, skip: !may });
  usePhoneLive(may);
  const conversations = data?.conversations?.nodes;
  if (!may) return null;
  return (
    <Panel title="On the phone">
      <div className={classes.screen}>
        {conversations?.map(({ id, contact, messages }) => (
          <section key={id} aria-label={contact.name ?? contact.phone}>
            <h3 className={classes.contact}>{contact.name ?? contact.phone}</h3>
            <ol className={classes.messages}>
              {messages.nodes.toReversed().map((message) => (
                <MessageBubble key={message.id} message={message} mirrored />
              ))}
            </ol>
          </section>
        ))}
        {conversations?.length === 0 && <p className="dimmed">Nothing came in yet.</p>}
        {!conversations && !error && <Bones lines={4} label="the phone" />}
        {!conversations && error && <TroubleNotice error={error} of="The phone" onRetry={() => refetch()} />}
      </div>
    </Panel>
  );
}

function usePhoneLive(active: boolean) {
  const { live } = useServices();
  const client = useApolloClient();
  useEffect(() => {
    if (!active) return;
    let cursor: string | null = null;
    return live.watch(
      PhoneRangDocument,
      () => ({ after: cursor }),
      ({ messageAdded }) => {
        cursor = messageAdded.cursor;
        client.refetchQueries({ include: [PhoneScreenDocument] }).catch(() => undefined); // told by the query's own error
      },
    );
  }, [live, client, active]);
}
