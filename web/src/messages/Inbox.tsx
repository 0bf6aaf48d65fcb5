import { useApolloClient, useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useFormats, useServices } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { LoadMore } from "../components/LoadMore.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { useNow } from "../components/use-now.js";
import { InboxChangedDocument, InboxDocument } from "../gql/graphql.js";
import classes from "./Messages.module.css";

const PAGE = 20;
const MINUTE_MS = 60_000;

/** Conversations, last activity first; new messages move them up by themselves. */
export function Inbox({ paired }: { paired: boolean }) {
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(InboxDocument, { variables: { first: PAGE } });
  const list = data?.conversations;
  useInboxLive();
  return (
    <Panel title="Conversations">
      {list && list.nodes.length > 0 && (
        <ul className={classes.inbox}>
          {list.nodes.map(({ id, contact, lastMessage, lastActivityAt, unreadCount }) => (
            <li key={id}>
              <Link to="/messages/$id" params={{ id }} className={classes.conversation}>
                <span className={unreadCount > 0 ? classes.unread : undefined}>
                  {contact.name ?? contact.phone}
                  {unreadCount > 0 && (
                    <span className={classes.badge}>
                      {unreadCount}
                      <span className="visually-hidden"> unread</span>
                    </span>
                  )}
                </span>
                <time className="small dimmed" dateTime={lastActivityAt}>
                  {formats.ago(lastActivityAt, now)}
                </time>
                <span className={classes.preview}>
                  {lastMessage?.direction === "OUTBOUND" && "You: "}
                  {lastMessage?.text ?? ""}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title="Nobody wrote yet">
          {paired
            ? "What people write to a connected phone appears here by itself."
            : "Pair a phone first: what people write to it appears here."}
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
      {!list && !error && <Bones lines={5} height={40} label="the conversations" />}
      {!list && error && <TroubleNotice error={error} of="The conversations" onRetry={() => refetch()} />}
    </Panel>
  );
}

/** A conversation that changed belongs to the top of the list: the list is asked for anew. */
function useInboxLive() {
  const { live } = useServices();
  const client = useApolloClient();
  useEffect(() => {
    let cursor: string | null = null;
    return live.watch(
      InboxChangedDocument,
      () => ({ after: cursor }),
      ({ conversationUpdated }) => {
        cursor = conversationUpdated.cursor;
        client.refetchQueries({ include: [InboxDocument] }).catch(() => undefined); // told by the query's own error
      },
    );
  }, [live, client]);
}
