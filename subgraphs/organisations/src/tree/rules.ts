import {
  ConflictFault,
  ForbiddenFault,
  InvalidInputFault,
  oneLine,
  requireActive,
  requireUser,
  type Tx,
} from "@tollgate/kit";
import { and, eq } from "drizzle-orm";
import { closing } from "../tables.js";
import { lockTree, type OrganisationNode, organisationById } from "./tree.js";

const LONGEST_NAME = 120;

/** @throws InvalidInputFault unless it has 1 to 120 characters without the spaces around it. */
export const nameOf = (given: string): string => {
  const name = oneLine(given);
  if (name.length >= 1 && name.length <= LONGEST_NAME) return name;
  throw InvalidInputFault.of("name", "LENGTH", `A name has 1 to ${LONGEST_NAME} characters.`);
};

/** @throws ForbiddenFault while the caller's own organisation may only read and pay. */
export const requireOwnActive = async (tx: Tx): Promise<void> => {
  if (tx.caller.kind !== "USER") return;
  const { organisationId } = requireUser(tx.caller);
  const [own] = await tx.sql<{ status: OrganisationNode["status"] }[]>`
    select status from tenancy where organisation_id = ${organisationId}`;
  if (own) requireActive(own);
};

/** @throws ForbiddenFault unless the organisation is strictly below the caller's own: nobody acts on himself. */
export const requireBelow = (tx: Tx, node: OrganisationNode, permission: string): void => {
  if (tx.caller.kind === "USER" && node.id === tx.caller.organisationId) {
    throw new ForbiddenFault("This can only be done to an organisation below your own.", "NOT_BELOW", permission);
  }
};

/** @throws ConflictFault for one that is closed, which is for good, or whose closing is not decided yet. */
export const requireOpen = async (tx: Tx, node: OrganisationNode): Promise<void> => {
  if (node.status === "CLOSED") throw new ConflictFault(`${node.name} is closed for good.`, node.id);
  const [asked] = await tx.db
    .select({ id: closing.id })
    .from(closing)
    .where(and(eq(closing.organisationId, node.id), eq(closing.state, "ASKED")));
  if (asked) throw new ConflictFault(`${node.name} is being closed.`, node.id);
};

/**
 * The organisation that is to be changed, as it is under the tree's lock: nobody else changes the tree before the
 * transaction ends.
 * @throws NotFoundFault, ForbiddenFault (not below one's own, or one's own is suspended), ConflictFault when it is closed.
 */
export const openBelow = async (tx: Tx, id: string, permission: string): Promise<OrganisationNode> => {
  await lockTree(tx);
  const node = await organisationById(tx, id);
  requireBelow(tx, node, permission);
  await requireOwnActive(tx);
  await requireOpen(tx, node);
  return node;
};

/**
 * A place for something below it, under the tree's lock.
 * @throws NotFoundFault outside the estate, InvalidInputFault for a customer, ConflictFault for one that is closed.
 */
export const openParent = async (tx: Tx, id: string, field: string): Promise<OrganisationNode> => {
  await lockTree(tx);
  const parent = await organisationById(tx, id);
  if (parent.kind === "CUSTOMER") {
    throw InvalidInputFault.of(field, "CUSTOMER_ABOVE", "A customer has no organisations below it.");
  }
  await requireOpen(tx, parent);
  return parent;
};
