import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { useApolloClient, useMutation, useQuery } from "@apollo/client/react";
import { Button, SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { serverNow } from "../api/server.js";
import { usePerson } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { MarkNotificationsReadDocument, NotificationsDocument } from "../gql/graphql.js";
import { NotificationEntry } from "./NotificationEntry.js";
import classes from "./Notifications.module.css";
import { markReadInCache } from "./notifications-cache.js";

const PAGE = 20;

/** Everything one was told, newest first; new ones appear by themselves. */
export function NotificationsPage() {
  const { unread } = useSearch({ from: "/shell/notifications" });
  const unreadOnly = unread === true;
  const navigate = useNavigate({ from: "/notifications" });
  const { data, error, loading, refetch, fetchMore } = useQuery(NotificationsDocument, {
    variables: { first: PAGE, unreadOnly },
  });
  const { markRead, trouble, busy } = useMarkRead();
  const [loadingMore, setLoadingMore] = useState(false);
  const list = data?.me?.notifications;

  const more = () => {
    setLoadingMore(true);
    fetchMore({ variables: { after: list?.pageInfo.endCursor } })
      .catch(() => undefined) // told by the query's own error
      .finally(() => setLoadingMore(false));
  };

  return (
    <>
      <PageHeader
        title="Notifications"
        aside={
          <>
            <SegmentedControl
              size="xs"
              aria-label="Which notifications"
              value={unreadOnly ? "unread" : "all"}
              onChange={(value) => {
                navigate({ search: value === "unread" ? { unread: true } : {}, replace: true }).catch(() => undefined);
              }}
              data={[
                { value: "all", label: "All" },
                { value: "unread", label: "Unread" },
              ]}
            />
            {list && <span className="dimmed">{list.unreadCount} unread</span>}
          </>
        }
        action={
          <Button onClick={() => markRead(undefined)} disabled={!list || list.unreadCount === 0} loading={busy}>
            Mark all as read
          </Button>
        }
      />
      {trouble !== null && <TroubleNotice error={trouble} of="Marking as read" />}
      {list && list.nodes.length > 0 && (
        <ul className={classes.list}>
          {list.nodes.map((item) => (
            <NotificationEntry key={item.id} notification={item} onRead={(id) => markRead([id])} />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title={unreadOnly ? "Everything is read" : "Nothing yet"}>
          {unreadOnly
            ? "What comes next appears here by itself."
            : "Here you are told about your machines, your wallet and your people. What comes appears by itself."}
        </EmptyState>
      )}
      {list?.pageInfo.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" onClick={more} loading={loadingMore}>
            Load more
          </Button>
        </div>
      )}
      {!list && loading && <Bones lines={8} height={32} label="notifications" />}
      {error && !loading && <TroubleNotice error={error} of="Your notifications" onRetry={() => refetch()} />}
    </>
  );
}

/** Marks as read at the server, then in the cache: the bell and every list follow. */
function useMarkRead() {
  const client = useApolloClient();
  const personId = usePerson()?.id;
  const [run, { loading }] = useMutation(MarkNotificationsReadDocument, { fetchPolicy: "no-cache" });
  const [trouble, setTrouble] = useState<unknown>(null);

  const markRead = (ids: string[] | undefined) => {
    setTrouble(null);
    run({ variables: { input: { ids } } })
      .then(({ data }) => {
        const result = data?.markNotificationsRead;
        if (result?.__typename === "NotificationsRead" && personId) {
          markReadInCache(client.cache, personId, ids, result.unreadCount, new Date(serverNow()).toISOString());
        } else if (result && "code" in result) {
          setTrouble([{ message: result.message, extensions: { code: result.code } }]);
        }
      })
      .catch(setTrouble);
  };
  return { markRead, trouble, busy: loading };
}
