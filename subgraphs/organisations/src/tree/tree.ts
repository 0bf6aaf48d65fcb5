import { announce, audit, InvalidInputFault, inBranch, NotFoundFault, requireId, type Tx } from "@tollgate/kit";
import type { OrganisationKind, OrganisationStatus, TenancyChange } from "@tollgate/kit/protocol";
import { asc, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { organisation, tenancy } from "../tables.js";
import { tellNames } from "./naming.js";

const SUBGRAPH = "organisations";
/** Levels below the root. */
export const DEEPEST = 8;

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

export const columns = {
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

/** An organisation and all below it. */
export const inBranchOf = (id: string): SQL => inBranch(organisation.organisationId, id);

/** @throws NotFoundFault outside the caller's estate. */
export const organisationById = async (tx: Tx, id: string): Promise<OrganisationNode> => {
  const node = (await organisationsById(tx, [id])).get(requireId("organisation", id));
  if (!node) throw new NotFoundFault("organisation", id);
  return node;
};

/** Whoever changes the tree does it alone, until the commit; what is read after this stays true. */
export const lockTree = async (tx: Tx): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('tollgate tree'))`;
};

/**
 * The next version of the tree. Its lock is held until the commit, so versions become visible in order and whoever
 * has seen one has seen all before it.
 */
export const nextVersion = async (tx: Tx): Promise<string> => {
  await lockTree(tx);
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
  await lockTree(tx);
  const parent = added.parentId === null ? null : await organisationById(tx, added.parentId);
  if (parent?.kind === "CUSTOMER") {
    throw InvalidInputFault.of("parentId", "CUSTOMER_ABOVE", "A customer has no organisations below it.");
  }
  if (parent && parent.depth >= DEEPEST) {
    throw InvalidInputFault.of("parentId", "TOO_DEEP", `The tree is at most ${DEEPEST} levels deep.`);
  }
  const version = await nextVersion(tx);
  const path = `${parent?.path ?? "/"}${added.id}/`;
  const status = parent?.status ?? "ACTIVE";
  const change: TenancyChange = {
    organisationId: added.id,
    parentId: added.parentId,
    path,
    kind: added.kind,
    status,
    version,
  };
  // Its place first: the policies of all other tables look there.
  await tx.db.insert(tenancy).values({ ...change, version: BigInt(version) });
  const named = { organisationId: added.id, name: added.name.trim(), nameVersion: 1n };
  await tx.db.insert(organisation).values({
    ...named,
    parentId: added.parentId,
    kind: added.kind,
    depth: parent ? parent.depth + 1 : 0,
  });
  await announce(tx, "organisation.changed", { aggregateId: added.id, organisationId: added.id, payload: [change] });
  await tellNames(tx, [named]);
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
