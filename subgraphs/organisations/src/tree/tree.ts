import {
  announce,
  audit,
  type Connection,
  connectionOf,
  decodeCursor,
  InvalidInputFault,
  inBranch,
  NotFoundFault,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import type { OrganisationKind, OrganisationStatus, TenancyChange } from "@tollgate/kit/protocol";
import { and, asc, desc, eq, gt, ilike, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import { organisation, tenancy } from "../tables.js";

const SUBGRAPH = "organisations";
const DEEPEST = 8;

/** An organisation as the tree knows it; `status` is the effective one. */
export interface OrganisationNode {
  id: string;
  parentId: string | null;
  name: string;
  kind: OrganisationKind;
  status: OrganisationStatus;
  statusReason: string | null;
  depth: number;
  path: string;
  createdAt: Date;
  closedAt: Date | null;
}

const columns = {
  id: organisation.organisationId,
  parentId: organisation.parentId,
  name: organisation.name,
  kind: organisation.kind,
  // The projection's column is plain text; its values are those of the type.
  status: sql<OrganisationStatus>`${tenancy.status}`,
  statusReason: organisation.statusReason,
  depth: organisation.depth,
  path: tenancy.path,
  createdAt: organisation.createdAt,
  closedAt: organisation.closedAt,
};

const nodes = (tx: Tx) =>
  tx.db.select(columns).from(organisation).innerJoin(tenancy, eq(tenancy.organisationId, organisation.organisationId));

export const organisationsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, OrganisationNode>> => {
  const rows = await nodes(tx).where(inArray(organisation.organisationId, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
};

/** @throws NotFoundFault outside the caller's estate. */
export const organisationById = async (tx: Tx, id: string): Promise<OrganisationNode> => {
  const node = (await organisationsById(tx, [id])).get(id);
  if (!node) throw new NotFoundFault("organisation", id);
  return node;
};

export interface EstateFilter {
  search?: string | null | undefined;
  kind?: readonly OrganisationKind[] | null | undefined;
  status?: readonly OrganisationStatus[] | null | undefined;
  parentId?: string | null | undefined;
}

export interface EstateOrder {
  by: "TREE" | "NAME" | "CREATED_AT";
  direction: "ASCENDING" | "DESCENDING";
}

const ORDER_COLUMNS = {
  TREE: sql`${tenancy.path} collate "C"`,
  NAME: sql`${organisation.name}`,
  CREATED_AT: sql`${organisation.createdAt}`,
};

const sortValue = (node: OrganisationNode, by: EstateOrder["by"]): string =>
  by === "TREE" ? node.path : by === "NAME" ? node.name : node.createdAt.toISOString();

/** An organisation and all below it, in tree order unless another is asked for. */
export const estateOf = async (
  tx: Tx,
  root: OrganisationNode,
  page: PageArguments,
  filter: EstateFilter = {},
  order: EstateOrder = { by: "TREE", direction: "ASCENDING" },
): Promise<Connection<OrganisationNode>> => {
  const conditions = and(
    inBranch(organisation.organisationId, root.id),
    filter.search ? ilike(organisation.name, `%${filter.search.replace(/[\\%_]/g, "\\$&")}%`) : undefined,
    filter.kind ? inArray(organisation.kind, [...filter.kind]) : undefined,
    filter.status ? inArray(tenancy.status, [...filter.status]) : undefined,
    filter.parentId ? eq(organisation.parentId, filter.parentId) : undefined,
  );
  const column = ORDER_COLUMNS[order.by];
  const ascending = order.direction === "ASCENDING";
  const key = decodeCursor(page.after, 2);
  const rows = await nodes(tx)
    .where(and(conditions, key ? beyond(column, String(key[0]), String(key[1]), ascending) : undefined))
    .orderBy(
      ascending ? asc(column) : desc(column),
      ascending ? asc(organisation.organisationId) : desc(organisation.organisationId),
    )
    .limit(pageSize(page) + 1);
  const count = async () => {
    const [row] = await tx.db
      .select({ count: sql<bigint>`count(*)` })
      .from(organisation)
      .innerJoin(tenancy, eq(tenancy.organisationId, organisation.organisationId))
      .where(conditions);
    return Number(row?.count ?? 0);
  };
  return connectionOf(rows, page, (node) => [sortValue(node, order.by), node.id], count);
};

const beyond = (column: SQL, value: string, id: string, ascending: boolean): SQL | undefined => {
  const further = ascending ? gt : lt;
  return or(further(column, value), and(eq(column, value), further(organisation.organisationId, id)));
};

/** The branch as one flat list in tree order, down to `depth` levels below its root. */
export const branchOf = async (tx: Tx, root: OrganisationNode, depth: number): Promise<OrganisationNode[]> => {
  if (!Number.isInteger(depth) || depth < 0 || depth > DEEPEST) {
    throw InvalidInputFault.of("depth", "OUT_OF_RANGE", `depth must be from 0 to ${DEEPEST}.`);
  }
  return await nodes(tx)
    .where(and(inBranch(organisation.organisationId, root.id), sql`${organisation.depth} <= ${root.depth + depth}`))
    .orderBy(sql`${tenancy.path} collate "C"`);
};

/**
 * The next version of the tree. Its lock is held until the commit, so versions become visible in order and whoever
 * has seen one has seen all before it.
 */
export const nextVersion = async (tx: Tx): Promise<string> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('tollgate tree'))`;
  const [row] = await tx.sql<{ version: bigint }[]>`select nextval('tree_version') as version`;
  if (!row) throw new Error("nextval gave no row");
  return row.version.toString();
};

export interface NewOrganisation {
  id: string;
  parentId: string | null;
  name: string;
  kind: OrganisationKind;
}

/** Adds a node below its parent. @returns the version of the tree. */
export const addOrganisation = async (tx: Tx, added: NewOrganisation): Promise<string> => {
  const parent = added.parentId === null ? null : await organisationById(tx, added.parentId);
  if (parent?.kind === "CUSTOMER") {
    throw InvalidInputFault.of("parentId", "CUSTOMER_ABOVE", "A customer has no organisations below it.");
  }
  if (parent && parent.depth >= DEEPEST) {
    throw InvalidInputFault.of("parentId", "TOO_DEEP", `The tree is at most ${DEEPEST} levels deep.`);
  }
  const version = await nextVersion(tx);
  const path = `${parent?.path ?? "/"}${added.id}/`;
  await tx.db.insert(organisation).values({
    organisationId: added.id,
    parentId: added.parentId,
    name: added.name.trim(),
    kind: added.kind,
    depth: parent ? parent.depth + 1 : 0,
  });
  const status = parent?.status ?? "ACTIVE";
  const change: TenancyChange = {
    organisationId: added.id,
    parentId: added.parentId,
    path,
    kind: added.kind,
    status,
    version,
  };
  await tx.db.insert(tenancy).values({ ...change, version: BigInt(version) });
  await announce(tx, "organisation.changed", { aggregateId: added.id, organisationId: added.id, payload: [change] });
  await audit(tx, SUBGRAPH, {
    action: "organisation:create",
    resource: "organisation",
    resourceId: added.id,
    organisationId: added.parentId ?? added.id,
    after: { name: added.name, kind: added.kind, parentId: added.parentId },
  });
  return version;
};

/** States of the tree that are newer than a version, oldest first. */
export const changesAfter = async (tx: Tx, after: string): Promise<TenancyChange[]> => {
  const rows = await tx.db
    .select()
    .from(tenancy)
    .where(gt(tenancy.version, BigInt(after)))
    .orderBy(asc(tenancy.version));
  return rows.map((row) => ({
    organisationId: row.organisationId,
    parentId: row.parentId,
    path: row.path,
    kind: row.kind as OrganisationKind, // written by this subgraph only
    status: row.status as OrganisationStatus,
    version: row.version.toString(),
  }));
};
