import type { ApolloCache, Reference } from "@apollo/client";
import {
  type NotificationItemFragment,
  NotificationItemFragmentDoc,
  type NotificationReceivedSubscription,
} from "../gql/graphql.js";

interface CachedList {
  unreadCount?: number;
  nodes?: readonly Reference[];
}

/** Puts a notification that just came at the top of every list in the cache, once, and sets the new unread count. */
export function addNotification(
  cache: ApolloCache,
  personId: string,
  received: NotificationReceivedSubscription["notificationReceived"],
): void {
  const reference = cache.writeFragment<NotificationItemFragment>({
    id: `Notification:${received.notification.id}`,
    fragment: NotificationItemFragmentDoc,
    data: { ...received.notification, ...{ __typename: "Notification" } },
  });
  if (!reference) return;
  changeLists(cache, personId, (list) => {
    const others = list.nodes?.filter((node) => node.__ref !== reference.__ref);
    return { ...list, unreadCount: received.unreadCount, ...(others && { nodes: [reference, ...others] }) };
  });
}

/** Marks notifications as read in the cache; all of them when `ids` is left out. */
export function markReadInCache(
  cache: ApolloCache,
  personId: string,
  ids: readonly string[] | undefined,
  unreadCount: number,
  readAt: string,
): void {
  const marked = new Set<string>(ids?.map((id) => `Notification:${id}`));
  changeLists(cache, personId, (list) => {
    if (!ids) for (const node of list.nodes ?? []) marked.add(node.__ref);
    return { ...list, unreadCount };
  });
  for (const id of marked) {
    cache.modify({ id, fields: { readAt: (before: string | null) => before ?? readAt } });
  }
}

function changeLists(cache: ApolloCache, personId: string, change: (list: CachedList) => CachedList): void {
  cache.modify<{ notifications: CachedList | null }>({
    id: `User:${personId}`,
    fields: {
      notifications: (list) => (list ? change(list as CachedList) : list), // what the cache keeps has references for nodes
    },
  });
}
