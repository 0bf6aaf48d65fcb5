import {
  audit,
  ConflictFault,
  homeOrganisation,
  InvalidInputFault,
  newEventId,
  once,
  requireId,
  type Tx,
} from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { eq, sql } from "drizzle-orm";
import { tellMovedSettings } from "../settings/changes.js";
import { organisation } from "../tables.js";
import { tellNames } from "./naming.js";
import { restateBranch } from "./restate.js";
import { nameOf, openBelow, openParent, requireOpen, requireOwnActive } from "./rules.js";
import { addOrganisation, DEEPEST, inBranchOf, organisationById } from "./tree.js";

/** What a mutation of the tree leaves: the organisation, and the version of the tree that shows it. */
export interface TreeChange {
  id: string;
  version: string;
}

const SUBGRAPH = "organisations";

const onceFor = (tx: Tx, key: string, operation: string, input: unknown, work: () => Promise<TreeChange>) =>
  once(tx, { key, operation, input }, new Date(), work);

export interface WantedOrganisation {
  /** One's own, or the one narrowed to, when left out. */
  parentId?: string | null | undefined;
  name: string;
  kind: OrganisationKind;
  idempotencyKey: string;
}

/**
 * Adds an organisation below one of the estate.
 * @throws InvalidInputFault (name, kind, a customer above, too deep), NotFoundFault, ForbiddenFault, ConflictFault.
 */
export const createOrganisation = (tx: Tx, wanted: WantedOrganisation): Promise<TreeChange> => {
  const parentId = requireId("organisation", wanted.parentId ?? homeOrganisation(tx.caller));
  const { kind, idempotencyKey } = wanted;
  const name = nameOf(wanted.name);
  return onceFor(tx, idempotencyKey, "createOrganisation", { parentId, name, kind }, async () => {
    if (kind === "INTERNAL") throw InvalidInputFault.of("kind", "ONE_ROOT", "There is one operator only.");
    await openParent(tx, parentId, "parentId");
    await requireOwnActive(tx);
    const id = newEventId();
    return { id, version: await addOrganisation(tx, { id, parentId, name, kind }) };
  });
};

/** Gives it another name; one's own as well. @throws InvalidInputFault, NotFoundFault, ForbiddenFault, ConflictFault. */
export const renameOrganisation = async (tx: Tx, id: string, given: string): Promise<string> => {
  const name = nameOf(given);
  const node = await organisationById(tx, id);
  await requireOwnActive(tx);
  await requireOpen(tx, node);
  if (node.name === name) return node.id;
  const renamed = await tx.db
    .update(organisation)
    .set({ name, nameVersion: sql`${organisation.nameVersion} + 1` })
    .where(eq(organisation.organisationId, node.id))
    .returning();
  await tellNames(tx, renamed);
  await audit(tx, SUBGRAPH, {
    action: "organisation:update",
    resource: "organisation",
    resourceId: node.id,
    organisationId: node.id,
    before: { name: node.name },
    after: { name },
  });
  return node.id;
};

/** Levels from the top of a branch to its deepest organisation. */
const heightOf = async (tx: Tx, id: string, depth: number): Promise<number> => {
  const [row] = await tx.db
    .select({ deepest: sql<number>`max(${organisation.depth})` })
    .from(organisation)
    .where(inBranchOf(id));
  return Number(row?.deepest ?? depth) - depth;
};

export interface Move {
  organisationId: string;
  newParentId: string;
  idempotencyKey: string;
}

/**
 * Moves a branch below another organisation of the estate. Moves wait for each other under the tree's lock, so that
 * two of them never make a circle.
 * @throws InvalidInputFault (into its own branch, a customer above, too deep), NotFoundFault, ForbiddenFault,
 * ConflictFault when it is there already or one of the two is closed.
 */
export const moveOrganisation = (tx: Tx, { organisationId, newParentId, idempotencyKey }: Move): Promise<TreeChange> =>
  onceFor(tx, idempotencyKey, "moveOrganisation", { organisationId, newParentId }, async () => {
    const node = await openBelow(tx, organisationId, "organisation:move");
    const parent = await openParent(tx, newParentId, "newParentId");
    if (parent.path.startsWith(node.path)) {
      throw InvalidInputFault.of("newParentId", "OWN_BRANCH", "An organisation cannot be moved into its own branch.");
    }
    if (node.parentId === parent.id) throw new ConflictFault(`${node.name} is below ${parent.name} already.`, node.id);
    if (parent.depth + 1 + (await heightOf(tx, node.id, node.depth)) > DEEPEST) {
      throw InvalidInputFault.of("newParentId", "TOO_DEEP", `The tree is at most ${DEEPEST} levels deep.`);
    }
    await tx.db.update(organisation).set({ parentId: parent.id }).where(eq(organisation.organisationId, node.id));
    const version = await restateBranch(tx, node.id);
    await tellMovedSettings(tx, node.id, { before: node.path, after: `${parent.path}${node.id}/` });
    await audit(tx, SUBGRAPH, {
      action: "organisation:move",
      resource: "organisation",
      resourceId: node.id,
      organisationId: node.id,
      before: { parentId: node.parentId },
      after: { parentId: parent.id },
    });
    return { id: node.id, version };
  });
