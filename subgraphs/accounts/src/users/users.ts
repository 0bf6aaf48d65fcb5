import {
  announce,
  type Connection,
  connectionOf,
  decodeCursor,
  inBranch,
  inScope,
  NotFoundFault,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import type { MemberChange } from "@tollgate/kit/protocol";
import { and, asc, desc, eq, gt, inArray, lt, or, sql } from "drizzle-orm";
import { grant, tenancy, user } from "../tables.js";
import { matching } from "./search.js";

export type UserRow = typeof user.$inferSelect;

/** Users by id, those of the caller's estate only. */
export const usersById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, UserRow>> => {
  const rows = await tx.db
    .select()
    .from(user)
    .where(inArray(user.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
};

/** @throws NotFoundFault outside the caller's estate. */
export const userById = async (tx: Tx, id: string): Promise<UserRow> => {
  const row = (await usersById(tx, [id])).get(id);
  if (!row) throw new NotFoundFault("user", id);
  return row;
};

/** The user with an e-mail address, compared without case; for system callers. Nobody has the address of a pseudonym. */
export const userByEmail = async (tx: Tx, email: string): Promise<UserRow | null> => {
  const [row] = await tx.db
    .select()
    .from(user)
    .where(eq(sql`lower(${user.email})`, email.toLowerCase()));
  return row && row.status !== "ERASED" ? row : null;
};

export interface UserFilter {
  organisationId?: string | null | undefined;
  search?: string | null | undefined;
  status?: readonly string[] | null | undefined;
  mfaEnabled?: boolean | null | undefined;
}

export interface UserOrder {
  by: "DISPLAY_NAME" | "CREATED_AT" | "LAST_SIGNED_IN_AT";
  direction: "ASCENDING" | "DESCENDING";
}

const NEVER = new Date(0);

const ORDER = {
  DISPLAY_NAME: { column: sql`${user.displayName}`, value: (row: UserRow) => row.displayName },
  CREATED_AT: { column: sql`${user.createdAt}`, value: (row: UserRow) => row.createdAt.toISOString() },
  LAST_SIGNED_IN_AT: {
    column: sql`coalesce(${user.lastSignedInAt}, to_timestamp(0))`,
    value: (row: UserRow) => (row.lastSignedInAt ?? NEVER).toISOString(),
  },
};

/** Users of the estate, by name unless another order is asked for. */
export const usersOf = async (
  tx: Tx,
  page: PageArguments,
  filter: UserFilter,
  order: UserOrder = { by: "DISPLAY_NAME", direction: "ASCENDING" },
): Promise<Connection<UserRow>> => {
  const conditions = and(
    filter.organisationId ? inBranch(user.organisationId, filter.organisationId) : inScope(tx, user.organisationId),
    filter.search ? await matching(tx, filter.search) : undefined,
    filter.status ? inArray(sql`${user.status}`, [...filter.status]) : undefined,
    filter.mfaEnabled === undefined || filter.mfaEnabled === null ? undefined : eq(user.mfaEnabled, filter.mfaEnabled),
  );
  const { column, value } = ORDER[order.by];
  const ascending = order.direction === "ASCENDING";
  const further = ascending ? gt : lt;
  const key = decodeCursor(page.after, 2);
  const [last, id] = [String(key?.[0]), String(key?.[1])];
  const beyond = key ? or(further(column, last), and(eq(column, last), further(user.id, id))) : undefined;
  const rows = await tx.db
    .select()
    .from(user)
    .where(and(conditions, beyond))
    .orderBy(ascending ? asc(column) : desc(column), ascending ? asc(user.id) : desc(user.id))
    .limit(pageSize(page) + 1);
  const count = async () => tx.db.$count(user, conditions);
  return connectionOf(rows, page, (row) => [value(row), row.id], count);
};

/**
 * Takes over what a user may do now.
 * @returns whether it was news: tokens made from an older grant are out of date then.
 */
export const applyGrant = async (tx: Tx, change: MemberChange, version: bigint): Promise<boolean> => {
  const rows = await tx.db
    .insert(grant)
    .values({
      userId: change.userId,
      organisationId: change.organisationId,
      permissions: [...change.permissions],
      isOwner: change.isOwner,
      version,
    })
    .onConflictDoUpdate({
      target: grant.userId,
      set: {
        organisationId: change.organisationId,
        permissions: [...change.permissions],
        isOwner: change.isOwner,
        version,
      },
      setWhere: lt(grant.version, version),
    })
    .returning({ userId: grant.userId });
  return rows.length > 0;
};

/** Active, and of an organisation that is not closed; a suspended one may still read and pay. */
export const mayEnter = async (tx: Tx, user: UserRow): Promise<boolean> => {
  if (user.status !== "ACTIVE") return false;
  const [place] = await tx.db
    .select({ status: tenancy.status })
    .from(tenancy)
    .where(eq(tenancy.organisationId, user.organisationId));
  return place !== undefined && place.status !== "CLOSED";
};

/** Tells the others how a user is now, in the transaction of the change. */
export const announceUser = async (tx: Tx, row: UserRow): Promise<void> => {
  const { id: userId, organisationId, email, displayName, locale, status } = row;
  await announce(tx, "user.changed", {
    aggregateId: userId,
    organisationId,
    payload: { userId, organisationId, email, displayName, locale, status },
  });
};
