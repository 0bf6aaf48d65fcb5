import { describe, expect, it } from "vitest";
import { EMPTY_TREE, type OrganisationNode, type Row, rowsOf, stepFor, type Tree, treeAfter } from "./tree-model.js";

const node = (id: string, kind: OrganisationNode["kind"] = "RESELLER"): OrganisationNode => ({
  id,
  name: `Organisation ${id}`,
  kind,
  status: "ACTIVE",
  statusReason: null,
  depth: 0,
  createdAt: "2026-01-01T00:00:00.000Z",
  closedAt: null,
});

const page = (nodes: OrganisationNode[], hasMore = false) => ({ nodes, endCursor: hasMore ? "next" : null, hasMore });
const load = (tree: Tree, id: string, nodes: OrganisationNode[], hasMore = false, isFurther = false) =>
  treeAfter(tree, { type: "loaded", id, page: page(nodes, hasMore), isFurther });

const names = (rows: Row[]) =>
  rows.map((row) => (row.type === "organisation" ? `${row.level}:${row.node.id}` : `${row.level}:(${row.type})`));

const grown = (): Tree => {
  let tree = treeAfter(EMPTY_TREE, { type: "rooted", root: node("root", "INTERNAL") });
  tree = load(tree, "root", [node("a"), node("b", "CUSTOMER")]);
  return load(treeAfter(tree, { type: "opened", id: "a" }), "a", [node("a1", "CUSTOMER")]);
};

describe("the rows of a tree", () => {
  it("are what is open, each with its level and its place among its siblings", () => {
    expect(rowsOf(EMPTY_TREE)).toEqual([]);
    const rows = rowsOf(grown());
    expect(names(rows)).toEqual(["1:root", "2:a", "3:a1", "2:b"]);
    expect(rows[3]).toMatchObject({ position: 2, siblings: 2, parentId: "root", isOpen: null });
    expect(names(rowsOf(treeAfter(grown(), { type: "closed", id: "a" })))).toEqual(["1:root", "2:a", "2:b"]);
  });

  it("tell what is being loaded, what failed, that there are more, and that there is nothing", () => {
    const root = treeAfter(EMPTY_TREE, { type: "rooted", root: node("root") });
    expect(names(rowsOf(root))).toEqual(["1:root", "2:(loading)"]);
    expect(names(rowsOf(load(root, "root", [])))).toEqual(["1:root", "2:(empty)"]);
    const first = load(root, "root", [node("a")], true);
    expect(names(rowsOf(first))).toEqual(["1:root", "2:a", "2:(more)"]);
    expect(rowsOf(first)[1]).toMatchObject({ siblings: -1 });
    const failed = treeAfter(first, { type: "failed", id: "root" });
    expect(names(rowsOf(failed))).toEqual(["1:root", "2:a", "2:(failed)"]);
    expect(names(rowsOf(load(failed, "root", [node("a"), node("b")], false, true)))).toEqual(["1:root", "2:a", "2:b"]);
  });

  it("follow what changes: a name stays in place, a branch that left is gone, one that was touched is asked for again", () => {
    const tree = grown();
    const renamed = treeAfter(tree, { type: "changed", node: { ...node("a"), name: "New" }, isBranch: false });
    expect(rowsOf(renamed)[1]).toMatchObject({ node: { name: "New" } });
    expect(names(rowsOf(renamed))).toEqual(names(rowsOf(tree)));
    const suspended = treeAfter(tree, { type: "changed", node: { ...node("a"), status: "SUSPENDED" }, isBranch: true });
    expect(names(rowsOf(suspended))).toEqual(["1:root", "2:a", "3:(loading)", "2:b"]);
    expect(names(rowsOf(treeAfter(tree, { type: "left", id: "a", parentId: "root" })))).toEqual(["1:root", "2:b"]);
    expect(names(rowsOf(treeAfter(tree, { type: "stale", id: "a" })))).toEqual(["1:root", "2:a", "3:(loading)", "2:b"]);
  });
});

describe("keys in a tree grid", () => {
  const rows = rowsOf(grown());
  const step = (key: string, focused: number) => stepFor(key, rows, focused, 2);

  it("move the focus by rows, pages and ends, and stay inside", () => {
    expect(step("ArrowDown", 0)).toEqual({ type: "focus", index: 1 });
    expect(step("ArrowUp", 0)).toEqual({ type: "focus", index: 0 });
    expect(step("PageDown", 2)).toEqual({ type: "focus", index: 3 });
    expect(step("End", 0)).toEqual({ type: "focus", index: 3 });
    expect(step("Home", 3)).toEqual({ type: "focus", index: 0 });
  });

  it("open, go into, close and leave a branch", () => {
    const closed = rowsOf(treeAfter(grown(), { type: "closed", id: "a" }));
    expect(stepFor("ArrowRight", closed, 1, 2)).toEqual({ type: "open", id: "a" });
    expect(step("ArrowRight", 1)).toEqual({ type: "focus", index: 2 });
    expect(step("ArrowRight", 3)).toBeNull();
    expect(step("ArrowLeft", 1)).toEqual({ type: "close", id: "a" });
    expect(step("ArrowLeft", 2)).toEqual({ type: "focus", index: 1 });
    expect(step("ArrowLeft", 3)).toEqual({ type: "focus", index: 0 });
  });

  it("choose the organisation, and mean nothing otherwise", () => {
    expect(step("Enter", 3)).toEqual({ type: "select", id: "b" });
    expect(step("x", 3)).toBeNull();
  });
});
