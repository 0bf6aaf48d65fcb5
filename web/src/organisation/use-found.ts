import { useApolloClient } from "@apollo/client/react";
import { useCallback, useEffect, useReducer } from "react";
import { FindOrganisationsDocument } from "../gql/graphql.js";
import { isFiltered, type OrganisationSearch } from "./organisation-words.js";
import type { OrganisationNode, Row } from "./tree-model.js";

const PAGE = 100;
const LIST = "found";

interface Found {
  /** What was looked for; what belongs to something else is not shown. */
  of: string;
  state: "loading" | "ready" | "failed";
  nodes: readonly OrganisationNode[];
  endCursor: string | null;
  hasMore: boolean;
}

type FoundEvent =
  | { type: "asked" | "failed"; of: string }
  | { type: "loaded"; of: string; nodes: readonly OrganisationNode[]; endCursor: string | null; hasMore: boolean }
  | { type: "changed"; node: OrganisationNode };

const NOTHING: Found = { of: "", state: "loading", nodes: [], endCursor: null, hasMore: false };

function foundAfter(found: Found, event: FoundEvent): Found {
  if (event.type === "changed") {
    const nodes = found.nodes.map((node) => (node.id === event.node.id ? { ...node, ...event.node } : node));
    return { ...found, nodes };
  }
  const same = event.of === found.of ? found : { ...NOTHING, of: event.of };
  if (event.type === "asked") return { ...same, state: "loading" };
  if (event.of !== found.of) return found;
  if (event.type !== "loaded") return { ...found, state: "failed" };
  const { nodes, endCursor, hasMore } = event;
  return { ...found, state: "ready", nodes: [...found.nodes, ...nodes], endCursor, hasMore };
}

export interface FoundView {
  rows: Row[];
  more(): void;
  changed(node: OrganisationNode): void;
}

/** The organisations that fit what is looked for, as a flat list that grows by pages. */
export function useFound({ search, kind, status }: OrganisationSearch): FoundView {
  const client = useApolloClient();
  const [found, tell] = useReducer(foundAfter, NOTHING);
  const of = JSON.stringify([search, kind, status]);
  const wanted = isFiltered({ search, kind, status });

  const load = useCallback(
    (after: string | null) => {
      tell({ type: "asked", of });
      const filter = { search: search ?? null, kind: kind ? [kind] : null, status: status ? [status] : null };
      client
        .query({
          query: FindOrganisationsDocument,
          variables: { root: null, first: PAGE, after, filter },
          fetchPolicy: "no-cache",
        })
        .then(({ data, error }) => {
          const estate = data?.organisation?.estate;
          if (!estate) throw error ?? new Error("The organisation is gone");
          const { endCursor, hasNextPage: hasMore } = estate.pageInfo;
          tell({ type: "loaded", of, nodes: estate.nodes, endCursor, hasMore });
        })
        .catch(() => tell({ type: "failed", of })); // its line says so, and offers to try again
    },
    [client, of, search, kind, status],
  );

  useEffect(() => {
    if (wanted) load(null);
  }, [wanted, load]);

  const more = useCallback(() => {
    if (found.state !== "loading") load(found.endCursor);
  }, [found, load]);
  const changed = useCallback((node: OrganisationNode) => tell({ type: "changed", node }), []);
  return { rows: wanted ? rowsOfFound(found, of) : [], more, changed };
}

function rowsOfFound(found: Found, of: string): Row[] {
  const { nodes, state, hasMore } = found.of === of ? found : NOTHING;
  const rows = nodes.map((node, index): Row => {
    const siblings = hasMore ? -1 : nodes.length;
    return {
      type: "organisation",
      key: node.id,
      node,
      level: 1,
      parentId: null,
      position: index + 1,
      siblings,
      isOpen: null,
    };
  });
  const note = state !== "ready" ? state : hasMore ? "more" : nodes.length === 0 ? "empty" : null;
  if (note) rows.push({ type: note, key: `${LIST} ${note}`, parentId: LIST, level: 1 });
  return rows;
}
