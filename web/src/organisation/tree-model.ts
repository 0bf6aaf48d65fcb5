import type { OrganisationRowFragment } from "../gql/graphql.js";

export type OrganisationNode = OrganisationRowFragment & { parent?: { id: string; name: string } | null };

/** What is known of the organisations directly below one. */
export interface Branch {
  state: "loading" | "ready" | "failed";
  childIds: readonly string[];
  endCursor: string | null;
  hasMore: boolean;
}

export interface Tree {
  rootId: string | null;
  nodes: ReadonlyMap<string, OrganisationNode>;
  branches: ReadonlyMap<string, Branch>;
  open: ReadonlySet<string>;
}

export interface Page {
  nodes: readonly OrganisationNode[];
  endCursor: string | null;
  hasMore: boolean;
}

export type TreeEvent =
  | { type: "rooted"; root: OrganisationNode }
  | { type: "opened" | "closed"; id: string }
  | { type: "asked" | "failed"; id: string }
  | { type: "loaded"; id: string; page: Page; isFurther: boolean }
  /** It is as given now; what is loaded below it is asked for again where `isBranch`. */
  | { type: "changed"; node: OrganisationNode; isBranch: boolean }
  | { type: "left"; id: string; parentId: string }
  /** Its children are asked for again. */
  | { type: "stale"; id: string };

export const EMPTY_TREE: Tree = { rootId: null, nodes: new Map(), branches: new Map(), open: new Set() };

const NOTHING: Branch = { state: "loading", childIds: [], endCursor: null, hasMore: false };

/** A customer has nothing below it. */
export const mayHaveChildren = (node: OrganisationNode): boolean => node.kind !== "CUSTOMER";

const withBranch = (tree: Tree, id: string, branch: Branch): Tree => ({
  ...tree,
  branches: new Map(tree.branches).set(id, branch),
});

const without = <Value>(map: ReadonlyMap<string, Value>, ids: ReadonlySet<string>): Map<string, Value> =>
  new Map([...map].filter(([id]) => !ids.has(id)));

/** An organisation and everything loaded below it. */
const loadedBranch = (tree: Tree, id: string): Set<string> => {
  const ids = new Set([id]);
  for (const known of ids) for (const child of tree.branches.get(known)?.childIds ?? []) ids.add(child);
  return ids;
};

/** The tree after something happened. */
export function treeAfter(tree: Tree, event: TreeEvent): Tree {
  switch (event.type) {
    case "rooted":
      return {
        rootId: event.root.id,
        nodes: new Map([[event.root.id, event.root]]),
        branches: new Map(),
        open: new Set([event.root.id]),
      };
    case "opened":
      return { ...tree, open: new Set(tree.open).add(event.id) };
    case "closed":
      return { ...tree, open: new Set([...tree.open].filter((id) => id !== event.id)) };
    case "asked":
      return withBranch(tree, event.id, { ...(tree.branches.get(event.id) ?? NOTHING), state: "loading" });
    case "failed":
      return withBranch(tree, event.id, { ...(tree.branches.get(event.id) ?? NOTHING), state: "failed" });
    case "loaded":
      return loaded(tree, event.id, event.page, event.isFurther);
    case "changed": {
      const nodes = new Map(tree.nodes).set(event.node.id, { ...tree.nodes.get(event.node.id), ...event.node });
      if (!event.isBranch) return { ...tree, nodes };
      return { ...tree, nodes, branches: without(tree.branches, loadedBranch(tree, event.node.id)) };
    }
    case "left": {
      const branch = tree.branches.get(event.parentId);
      if (!branch) return tree;
      return withBranch(tree, event.parentId, {
        ...branch,
        childIds: branch.childIds.filter((id) => id !== event.id),
      });
    }
    case "stale":
      return { ...tree, branches: without(tree.branches, new Set([event.id])) };
  }
}

function loaded(tree: Tree, id: string, { nodes, endCursor, hasMore }: Page, isFurther: boolean): Tree {
  const before = isFurther ? (tree.branches.get(id)?.childIds ?? []) : [];
  const known = new Set(before);
  const news = nodes.filter((node) => !known.has(node.id));
  return {
    ...withBranch(tree, id, {
      state: "ready",
      childIds: [...before, ...news.map((node) => node.id)],
      endCursor,
      hasMore,
    }),
    nodes: new Map([...tree.nodes, ...nodes.map((node) => [node.id, node] as const)]),
  };
}

/** One line of what is seen. Levels begin at 1, as ARIA counts them. */
export type Row =
  | {
      type: "organisation";
      key: string;
      node: OrganisationNode;
      level: number;
      parentId: string | null;
      position: number;
      /** -1 while further ones are not loaded. */
      siblings: number;
      /** Null where nothing can be below it. */
      isOpen: boolean | null;
    }
  | { type: "loading" | "more" | "failed" | "empty"; key: string; parentId: string; level: number };

/** The lines that are seen with what is open, from the top down. */
export function rowsOf(tree: Tree): Row[] {
  const root = tree.rootId === null ? undefined : tree.nodes.get(tree.rootId);
  if (!root) return [];
  const rows: Row[] = [];
  const add = (node: OrganisationNode, level: number, parentId: string | null, position: number, siblings: number) => {
    const isOpen = mayHaveChildren(node) ? tree.open.has(node.id) : null;
    rows.push({ type: "organisation", key: node.id, node, level, parentId, position, siblings, isOpen });
    if (isOpen) addBranch(node.id, level + 1);
  };
  const addBranch = (id: string, level: number) => {
    const branch = tree.branches.get(id) ?? NOTHING;
    const siblings = branch.hasMore ? -1 : branch.childIds.length;
    branch.childIds.forEach((childId, index) => {
      const child = tree.nodes.get(childId);
      if (child) add(child, level, id, index + 1, siblings);
    });
    const note = noteOf(branch);
    if (note) rows.push({ type: note, key: `${id} ${note}`, parentId: id, level });
  };
  add(root, 1, null, 1, 1);
  return rows;
}

function noteOf(branch: Branch): "loading" | "more" | "failed" | "empty" | null {
  if (branch.state === "failed") return "failed";
  if (branch.state === "loading") return "loading";
  if (branch.hasMore) return "more";
  return branch.childIds.length === 0 ? "empty" : null;
}

/** What a key does in a tree grid, as WAI-ARIA's practices have it. */
export type KeyStep = { type: "focus"; index: number } | { type: "open" | "close" | "select"; id: string } | null;

/** What the key means on the line that has the focus. @param page lines that are seen at once */
export function stepFor(key: string, rows: readonly Row[], focused: number, page: number): KeyStep {
  const row = rows[focused];
  const last = rows.length - 1;
  const go = (index: number): KeyStep => ({ type: "focus", index: Math.min(Math.max(index, 0), last) });
  if (key === "ArrowDown") return go(focused + 1);
  if (key === "ArrowUp") return go(focused - 1);
  if (key === "PageDown") return go(focused + page);
  if (key === "PageUp") return go(focused - page);
  if (key === "Home") return go(0);
  if (key === "End") return go(last);
  if (key === "ArrowLeft") return leftOf(rows, row);
  if (row?.type !== "organisation") return null;
  if (key === "ArrowRight") {
    if (row.isOpen === null) return null;
    return row.isOpen ? go(focused + 1) : { type: "open", id: row.node.id };
  }
  return key === "Enter" || key === " " ? { type: "select", id: row.node.id } : null;
}

function leftOf(rows: readonly Row[], row: Row | undefined): KeyStep {
  if (row?.type === "organisation" && row.isOpen) return { type: "close", id: row.node.id };
  const above = rows.findIndex((other) => other.key === row?.parentId);
  return above < 0 ? null : { type: "focus", index: above };
}
