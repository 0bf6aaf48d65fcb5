import {
  audit,
  ConflictFault,
  ForbiddenFault,
  homeOrganisation,
  type KnownOrganisation,
  NotFoundFault,
  organisationInScope,
  personOf,
  type Tx,
} from "@tollgate/kit";
import { and, count, eq, ne, sql } from "drizzle-orm";
import { isRoleOffered } from "../invitations/invitations.js";
import { tellGrants } from "../members/adding.js";
import { lockMembersOf } from "../members/changing.js";
import { membersWithRole } from "../members/members.js";
import { role } from "../tables.js";
import { requireHeld } from "./granting.js";
import { type OwnRole, type OwnRoleRow, ownRole, ownRolesById } from "./own-roles.js";
import { builtInRole } from "./roles.js";
import { checkedRole, MOST_ROLES } from "./rules.js";

export interface RoleWish {
  organisationId?: string | null | undefined;
  name: string;
  description?: string | null | undefined;
  permissions: readonly string[];
}

export interface RoleChange {
  roleId: string;
  name?: string | null | undefined;
  /** Null takes it away; left out it stays. */
  description?: string | null | undefined;
  permissions?: readonly string[] | null | undefined;
}

/**
 * Makes a role of an organisation's own.
 * @throws NotFoundFault, ForbiddenFault for a closed organisation, InvalidInputFault, ConflictFault for a name that is
 *   taken or too many roles, RoleRefusedFault for permissions that the caller does not hold.
 */
export const createRole = async (tx: Tx, wish: RoleWish, now: Date): Promise<OwnRole> => {
  const place = await organisationInScope(tx, wish.organisationId ?? homeOrganisation(tx.caller));
  requireOpen(place);
  const { organisationId } = place;
  const contents = checkedRole({ ...wish, description: wish.description ?? null }, place.kind);
  await requireHeld(tx, contents.permissions, "A role can only hold what you hold yourself.");
  await lockMembersOf(tx, organisationId);
  await requireFreeName(tx, organisationId, contents.name, null);
  await requireRoom(tx, organisationId);
  const [row] = await tx.db
    .insert(role)
    .values({ ...contents, organisationId, createdBy: personOf(tx.caller), createdAt: now, changedAt: now })
    .returning();
  if (!row) throw new Error("insert gave no row");
  await note(tx, row, null, contentsOf(row));
  return ownRole(row);
};

/**
 * Changes a role of an organisation's own, for all members who have it at once.
 * @throws NotFoundFault, ForbiddenFault for a built-in role, InvalidInputFault, ConflictFault for a name that is taken,
 *   RoleRefusedFault for permissions given or taken away that the caller does not hold.
 */
export const updateRole = async (tx: Tx, change: RoleChange, now: Date): Promise<OwnRole> => {
  const { known, place } = await lockedRole(tx, change.roleId);
  requireOpen(place);
  const contents = checkedRole(
    {
      name: change.name ?? known.name,
      description: change.description === undefined ? known.description : change.description,
      permissions: change.permissions ?? known.permissions,
    },
    place.kind,
  );
  const turned = difference(contents.permissions, known.permissions);
  await requireHeld(tx, turned, "You can only give and take permissions that you hold yourself.");
  await requireFreeName(tx, known.organisationId, contents.name, known.id);
  const [row] = await tx.db
    .update(role)
    .set({ ...contents, changedAt: now })
    .where(eq(role.id, known.id))
    .returning();
  if (!row) throw new Error("update gave no row");
  if (turned.length > 0) await tellGrants(tx, await membersWithRole(tx, row.organisationId, row.id));
  await note(tx, row, contentsOf(known), contentsOf(row));
  return ownRole(row);
};

/**
 * Deletes a role of an organisation's own.
 * @returns the role as it was.
 * @throws NotFoundFault, ForbiddenFault for a built-in role, ConflictFault while members have it or an open invitation
 *   promises it.
 */
export const deleteRole = async (tx: Tx, roleId: string, now: Date): Promise<OwnRole> => {
  const { known } = await lockedRole(tx, roleId);
  const [member] = await membersWithRole(tx, known.organisationId, known.id);
  if (member) throw new ConflictFault("Members have this role; give them another one first.", member.id);
  if (await isRoleOffered(tx, known.id, now)) {
    throw new ConflictFault("An open invitation promises this role; revoke it first.");
  }
  await tx.db.delete(role).where(eq(role.id, known.id));
  await note(tx, known, contentsOf(known), null);
  return ownRole(known);
};

/** The role's row, with the members and roles of its organisation locked. */
const lockedRole = async (tx: Tx, roleId: string): Promise<{ known: OwnRoleRow; place: KnownOrganisation }> => {
  if (builtInRole(roleId.toLowerCase())) throw new ForbiddenFault("Built-in roles stay as they are.", "POLICY");
  const found = (await ownRolesById(tx, [roleId])).get(roleId.toLowerCase());
  if (!found) throw new NotFoundFault("role", roleId);
  await lockMembersOf(tx, found.organisationId);
  const [known] = await tx.db.select().from(role).where(eq(role.id, found.id));
  if (!known) throw new NotFoundFault("role", roleId);
  return { known, place: await organisationInScope(tx, known.organisationId) };
};

const requireOpen = ({ status }: KnownOrganisation): void => {
  if (status === "CLOSED") throw new ForbiddenFault("This organisation is closed.", "ORGANISATION_CLOSED");
};

const requireFreeName = async (tx: Tx, organisationId: string, name: string, except: string | null): Promise<void> => {
  const sameName = sql`lower(${role.name}) = lower(${name})`;
  const [taken] = await tx.db
    .select({ id: role.id })
    .from(role)
    .where(and(eq(role.organisationId, organisationId), sameName, except === null ? undefined : ne(role.id, except)));
  if (taken) throw new ConflictFault("A role of this organisation has this name already.", taken.id);
};

const requireRoom = async (tx: Tx, organisationId: string): Promise<void> => {
  const [known] = await tx.db.select({ roles: count() }).from(role).where(eq(role.organisationId, organisationId));
  if (Number(known?.roles ?? 0) >= MOST_ROLES) {
    throw new ConflictFault(`An organisation has at most ${MOST_ROLES} roles of its own.`);
  }
};

const difference = (some: readonly string[], others: readonly string[]): string[] => [
  ...some.filter((key) => !others.includes(key)),
  ...others.filter((key) => !some.includes(key)),
];

const contentsOf = ({ name, description, permissions }: OwnRoleRow) => ({ name, description, permissions });

const note = (tx: Tx, row: OwnRoleRow, before: unknown, after: unknown): Promise<void> =>
  audit(tx, "organisations", {
    action: "role:manage",
    resource: "role",
    resourceId: row.id,
    organisationId: row.organisationId,
    before,
    after,
  });
