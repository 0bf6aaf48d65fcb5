import { useQuery } from "@apollo/client/react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { WhatsAppDocument } from "../gql/graphql.js";
import { AddPhone } from "./AddPhone.js";
import { Inbox } from "./Inbox.js";
import classes from "./Messages.module.css";
import { PhoneSession } from "./PhoneSession.js";

/** The organisation's phones on WhatsApp, and what people write to them. */
export function MessagesPage() {
  const may = useMay("whatsapp:read");
  const mayManage = useMay("whatsapp:manage");
  const mayReadInbox = useMay("conversation:read");
  const { data, error, loading, refetch } = useQuery(WhatsAppDocument, { skip: !may });
  const whatsapp = data?.organisation?.whatsapp;

  return (
    <>
      <PageHeader
        title="Messages"
        aside={whatsapp && <span className="dimmed">{whatsapp.unreadConversations} unread</span>}
      />
      {!may && (
        <EmptyState title="You may not see messages">
          Ask whoever runs your organisation for the permission to read WhatsApp.
        </EmptyState>
      )}
      {whatsapp && !whatsapp.enabled && (
        <p className={classes.off}>WhatsApp is switched off for this organisation. Nothing is sent or received.</p>
      )}
      <div className={classes.columns}>
        <div>{mayReadInbox && whatsapp && <Inbox paired={whatsapp.sessions.length > 0} />}</div>
        <div>
          {whatsapp && (
            <Panel title="Phones">
              <div className={classes.phones}>
                {whatsapp.sessions.map((session) => (
                  <PhoneSession key={session.id} session={session} mayManage={mayManage && whatsapp.enabled} />
                ))}
                {whatsapp.sessions.length === 0 && <p className="dimmed">No phone is paired yet.</p>}
                {mayManage && whatsapp.enabled && whatsapp.sessions.length < whatsapp.sessionLimit && (
                  <AddPhone onAdded={() => refetch()} />
                )}
              </div>
            </Panel>
          )}
        </div>
      </div>
      {may && !whatsapp && loading && <Bones lines={6} height={32} label="the messages" />}
      {may && !whatsapp && !loading && <TroubleNotice error={error} of="The messages" onRetry={() => refetch()} />}
    </>
  );
}
