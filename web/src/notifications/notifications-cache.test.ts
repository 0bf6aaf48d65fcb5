import { describe, expect, it } from "vitest";
import { createCache } from "../api/client.js";
import { type NotificationItemFragment, NotificationsDocument, UnreadCountDocument } from "../gql/graphql.js";
import { addNotification, markReadInCache } from "./notifications-cache.js";

const PERSON = "u1";

function item(id: string, readAt: string | null = null): NotificationItemFragment {
  const at = "2026-11-21T12:00:00.000Z";
  return { id, kind: "SYSTEM", severity: "INFO", title: id, body: "", link: null, at, readAt };
}

/** A cache in which the list and the bell have loaded two notifications, one of them unread. */
function loadedCache() {
  const cache = createCache();
  const nodes = [item("new"), item("old", "2026-11-20T12:00:00.000Z")];
  cache.writeQuery({
    query: NotificationsDocument,
    variables: { first: 20, unreadOnly: false },
    data: typed({
      me: {
        id: PERSON,
        notifications: {
          unreadCount: 1,
          nodes: nodes.map((node) => ({ ...node, __typename: "Notification" })),
          pageInfo: { hasNextPage: false, endCursor: null, __typename: "PageInfo" },
          __typename: "NotificationConnection",
        },
        __typename: "User",
      },
    }),
  });
  cache.writeQuery({
    query: UnreadCountDocument,
    data: typed({
      me: { id: PERSON, notifications: { unreadCount: 1, __typename: "NotificationConnection" }, __typename: "User" },
    }),
  });
  return cache;
}

/** The client asks for `__typename` by itself; the documents' types do not have it. */
function typed<T extends object>(data: T): T {
  return data;
}

function listIn(cache: ReturnType<typeof createCache>) {
  return cache.readQuery({ query: NotificationsDocument, variables: { first: 20, unreadOnly: false } })?.me
    ?.notifications;
}

function bellIn(cache: ReturnType<typeof createCache>) {
  return cache.readQuery({ query: UnreadCountDocument })?.me?.notifications?.unreadCount;
}

describe("notifications in the cache", () => {
  it("has one that just came at the top of the list, and the bell counts it", () => {
    const cache = loadedCache();
    addNotification(cache, PERSON, { cursor: "c", unreadCount: 2, notification: item("newest") });
    expect(listIn(cache)?.nodes.map(({ id }) => id)).toEqual(["newest", "new", "old"]);
    expect(bellIn(cache)).toBe(2);
  });

  it("lists one that is delivered twice only once", () => {
    const cache = loadedCache();
    addNotification(cache, PERSON, { cursor: "c", unreadCount: 1, notification: item("new") });
    expect(listIn(cache)?.nodes.map(({ id }) => id)).toEqual(["new", "old"]);
  });

  it("marks the named one as read", () => {
    const cache = loadedCache();
    addNotification(cache, PERSON, { cursor: "c", unreadCount: 2, notification: item("newest") });
    markReadInCache(cache, PERSON, ["new"], 1, "2026-11-21T13:00:00.000Z");
    expect(listIn(cache)?.nodes.map(({ readAt }) => readAt !== null)).toEqual([false, true, true]);
    expect(bellIn(cache)).toBe(1);
  });

  it("marks all as read, and keeps when those read before were read", () => {
    const cache = loadedCache();
    markReadInCache(cache, PERSON, undefined, 0, "2026-11-21T13:00:00.000Z");
    expect(listIn(cache)?.nodes.map(({ readAt }) => readAt)).toEqual([
      "2026-11-21T13:00:00.000Z",
      "2026-11-20T12:00:00.000Z",
    ]);
    expect(bellIn(cache)).toBe(0);
  });
});
