import type { FieldFunctionOptions, Reference } from "@apollo/client/cache";

/** As the cache keeps a page of entities. */
interface StoredPage {
  nodes?: readonly Reference[];
  pageInfo?: object;
}

/**
 * A list that only ever grows at its top and whose rows never change: what is asked anew is put before what is there, so
 * that nobody who has read on loses the place. Where so much came that the two do not meet, it starts over.
 */
export function newestFirst(keyArgs: string[]) {
  return {
    keyArgs,
    merge(existing: StoredPage | null | undefined, incoming: StoredPage | null, { args }: FieldFunctionOptions) {
      if (!incoming?.nodes || !existing?.nodes) return incoming;
      if (args?.["after"])
        return { ...existing, ...incoming, nodes: [...existing.nodes, ...added(existing, incoming)] };
      const first = existing.nodes[0];
      const meeting = incoming.nodes.findIndex((node) => node.__ref === first?.__ref);
      if (meeting < 0) return incoming;
      return { ...existing, nodes: [...incoming.nodes.slice(0, meeting), ...existing.nodes] };
    },
  };
}

/** What a further page brings: a page that was asked for twice brings nothing. */
function added(existing: StoredPage, incoming: StoredPage): readonly Reference[] {
  const known = new Set(existing.nodes?.map((node) => node.__ref));
  return (incoming.nodes ?? []).filter((node) => !known.has(node.__ref));
}
