import type { ApolloClient } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { useCallback, useEffect, useReducer, useState } from "react";
import { OrganisationChildrenDocument, OrganisationTopDocument } from "../gql/graphql.js";
import { EMPTY_TREE, type Page, type Tree, type TreeEvent, treeAfter } from "./tree-model.js";

export interface TreeView {
  tree: Tree;
  /** Why the top could not be shown; null where it could. */
  error: unknown;
  tell(event: TreeEvent): void;
  /** Asks for the next page of what is directly below one, or again for the one that failed. */
  more(id: string): void;
  reload(): void;
}

/** @throws what the request failed with */
async function pageOf(client: ApolloClient, id: string, after: string | null): Promise<Page> {
  const variables = { id, after };
  const { data, error } = await client.query({
    query: OrganisationChildrenDocument,
    variables,
    fetchPolicy: "no-cache",
  });
  const estate = data?.organisation?.estate;
  if (!estate) throw error ?? new Error("The organisation is gone");
  return { nodes: estate.nodes, endCursor: estate.pageInfo.endCursor, hasMore: estate.pageInfo.hasNextPage };
}

/** The tree as far as it is open; branches are asked for when they are opened. */
export function useTree(): TreeView {
  const client = useApolloClient();
  const [tree, tell] = useReducer(treeAfter, EMPTY_TREE);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    let isOutdated = false;
    client
      .query({ query: OrganisationTopDocument, fetchPolicy: "no-cache" })
      .then(({ data, error: trouble }) => {
        if (isOutdated) return;
        setError(data?.organisation ? null : trouble);
        if (data?.organisation) tell({ type: "rooted", root: data.organisation });
      })
      .catch((trouble: unknown) => !isOutdated && setError(trouble));
    return () => {
      isOutdated = true;
    };
  }, [client, round]);

  const load = useCallback(
    (id: string, after: string | null) => {
      tell({ type: "asked", id });
      pageOf(client, id, after)
        .then((page) => tell({ type: "loaded", id, page, isFurther: after !== null }))
        .catch(() => tell({ type: "failed", id })); // its line says so, and offers to try again
    },
    [client],
  );

  useEffect(() => {
    for (const id of tree.open) if (tree.nodes.has(id) && !tree.branches.has(id)) load(id, null);
  }, [tree, load]);

  const more = useCallback(
    (id: string) => {
      const branch = tree.branches.get(id);
      if (branch && branch.state !== "loading") load(id, branch.endCursor);
    },
    [tree, load],
  );
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { tree, error, tell, more, reload };
}
