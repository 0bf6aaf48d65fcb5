import type { ApolloCache, Reference } from "@apollo/client";
import { type MessageItemFragment, MessageItemFragmentDoc } from "../gql/graphql.js";

interface CachedPage {
  nodes?: readonly Reference[];
}

/** Puts a message at the top of its conversation, once; one that is there already only takes its new state. */
export function addMessage(cache: ApolloCache, conversationId: string, message: MessageItemFragment): void {
  const reference = cache.writeFragment<MessageItemFragment>({
    id: `Message:${message.id}`,
    fragment: MessageItemFragmentDoc,
    fragmentName: "MessageItem",
    data: {
      ...message,
      ...{ __typename: "Message" },
      author: message.author && { ...message.author, ...{ __typename: "User" } },
    },
  });
  if (!reference) return;
  cache.modify<{ messages: CachedPage }>({
    id: `Conversation:${conversationId}`,
    fields: {
      messages: (value) => {
        const page = value as CachedPage; // what the cache keeps has references for nodes
        const nodes = page.nodes ?? [];
        if (nodes.some((node) => node.__ref === reference.__ref)) return page;
        return { ...page, nodes: [reference, ...nodes] };
      },
    },
  });
}
