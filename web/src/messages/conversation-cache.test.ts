import { describe, expect, it } from "vitest";
import { createCache } from "../api/client.js";
import { ConversationDocument, type ConversationQuery, type MessageItemFragment } from "../gql/graphql.js";
import { addMessage } from "./conversation-cache.js";

const VARIABLES = { id: "c1", first: 30 };
const message = (id: string, state: MessageItemFragment["state"]): MessageItemFragment => ({
  id,
  direction: "OUTBOUND",
  origin: "MEMBER",
  text: id,
  state,
  failureReason: null,
  createdAt: "2026-11-21T10:00:00.000Z",
  author: null,
});

function cacheWith(...messages: MessageItemFragment[]) {
  const cache = createCache();
  // The answer as the server sends it, with the type names that the documents' types leave out.
  const data = {
    conversation: {
      __typename: "Conversation",
      id: "c1",
      unreadCount: 0,
      session: { __typename: "WhatsAppSession", id: "s1", status: "CONNECTED" },
      contact: { __typename: "Contact", id: "k1", name: null, phone: "+27825550101", optedOut: false },
      messages: {
        __typename: "MessageConnection",
        nodes: messages.map((entry) => ({ __typename: "Message", ...entry })),
        pageInfo: { __typename: "PageInfo", hasNextPage: false, endCursor: null },
      },
    },
  } as unknown as ConversationQuery;
  cache.writeQuery({ query: ConversationDocument, variables: VARIABLES, data });
  const shown = () =>
    cache
      .readQuery({ query: ConversationDocument, variables: VARIABLES })
      ?.conversation?.messages.nodes.map(({ id, state }) => `${id} ${state}`);
  return { cache, shown };
}

describe("a message that comes live", () => {
  it("is on top of its conversation", () => {
    const { cache, shown } = cacheWith(message("m1", "READ"));
    addMessage(cache, "c1", message("m2", "QUEUED"));
    expect(shown()).toEqual(["m2 QUEUED", "m1 READ"]);
  });

  it("only changes its state when it is there already", () => {
    const { cache, shown } = cacheWith(message("m2", "QUEUED"), message("m1", "READ"));
    addMessage(cache, "c1", message("m2", "DELIVERED"));
    expect(shown()).toEqual(["m2 DELIVERED", "m1 READ"]);
  });
});
