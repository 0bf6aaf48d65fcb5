import { announce, audit, InvalidInputFault, NotFoundFault, reasonOf, requireId, type Tx } from "@tollgate/kit";
import { and, asc, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import { outdateKeysOf } from "../api-keys/api-keys.js";
import { forgetDevices } from "../factors/devices.js";
import { endSessions } from "../sessions/sessions.js";
import { endChallenges } from "../sign-in/challenges.js";
import { grant, session, user } from "../tables.js";
import { type UserRow, userById } from "../users/users.js";
import { refuseSelf, requireOwnersLeft } from "./owners.js";
import { requireNotAbove } from "./rank.js";

const MOST_AT_ONCE = 100;
/**
 * Deactivates people: they cannot sign in, their sessions end, and keys that they answer for stop until they are back or
 * somebody else rotates them. All or none; who is deactivated already stays so.
 * @returns their ids. @throws NotFoundFault; ForbiddenFault for oneself, the last owner and whoever may do more; InvalidInputFault.
 */
export const deactivateUsers = async (
  tx: Tx,
  wish: { userIds: readonly string[]; reason: string },
  now: Date,
): Promise<string[]> => {
  const reason = reasonOf(wish.reason);
  const ids = idsOf(wish.userIds);
  refuseSelf(tx, ids, "deactivate");
  await requireOwnersLeft(tx, ids);
  const rows = (await lockedUsers(tx, ids)).filter(({ status }) => status !== "DEACTIVATED");
  await requireNotAbove(tx, ids);
  const changed = rows.map(({ id }) => id);
  await tx.db.update(user).set({ status: "DEACTIVATED" }).where(inArray(user.id, changed));
  await endAccess(tx, changed, now);
  for (const row of rows) await tell(tx, row, "DEACTIVATED", reason);
  return ids;
};

/**
 * Lets deactivated people in again; who never opened the first mail must still do that. All or none; who is active
 * already stays so.
 * @throws NotFoundFault, ForbiddenFault for whoever may do more, InvalidInputFault also for former members.
 */
export const reactivateUsers = async (tx: Tx, userIds: readonly string[]): Promise<string[]> => {
  const ids = idsOf(userIds);
  const rows = (await lockedUsers(tx, ids)).filter(({ status }) => status === "DEACTIVATED");
  await requireMembers(tx, ids);
  await requireNotAbove(tx, ids);
  for (const row of rows) {
    const status = row.emailVerified ? "ACTIVE" : "UNVERIFIED";
    await tx.db.update(user).set({ status }).where(eq(user.id, row.id));
    await tell(tx, row, status, null);
  }
  return ids;
};

/** Deactivates somebody whose membership has ended: organisations has made sure that an owner is left. */
export const deactivateFormerMember = async (tx: Tx, userId: string, now: Date): Promise<void> => {
  const [row] = await tx.db.select().from(user).where(eq(user.id, userId)).for("update");
  if (!row || (row.status !== "ACTIVE" && row.status !== "UNVERIFIED")) return;
  await tx.db.update(user).set({ status: "DEACTIVATED" }).where(eq(user.id, userId));
  await endAccess(tx, [userId], now);
  await tell(tx, row, "DEACTIVATED", "The membership has ended.");
};

/** Lifts a lock-out: failed sign-ins from before count no more. */
export const unlockUser = async (tx: Tx, userId: string): Promise<string> => {
  const row = await userById(tx, requireId("user", userId));
  if (row.status === "ERASED") throw new NotFoundFault("user", userId);
  // By the clock that writes down the attempts.
  await tx.db.update(user).set({ unlockedAt: sql`now()` }).where(eq(user.id, row.id));
  await audit(tx, "accounts", {
    action: "user:manage",
    resource: "user",
    resourceId: row.id,
    organisationId: row.organisationId,
    after: { unlocked: true },
  });
  return row.id;
};

/** Ends sessions of people with the trust in their devices, sign-ins under way, and tokens of keys that they answer for, in every process within a second. */
export const endAccess = async (tx: Tx, userIds: readonly string[], now: Date): Promise<void> => {
  const live = await tx.db
    .select({ id: session.id })
    .from(session)
    .where(and(inArray(session.userId, [...userIds]), isNull(session.endedAt), gt(session.expiresAt, now)));
  for (const id of userIds) {
    await forgetDevices(tx, id);
    await endChallenges(tx, id, now);
  }
  await endSessions(
    tx,
    live.map(({ id }) => id),
    "ENDED_BY_MANAGER",
    now,
  );
  for (const id of userIds) await outdateKeysOf(tx, id);
};

/** @throws InvalidInputFault for somebody whose membership has ended: there is nothing to come back to. */
const requireMembers = async (tx: Tx, ids: readonly string[]): Promise<void> => {
  const [former] = await tx.db
    .select({ userId: grant.userId })
    .from(grant)
    .where(and(inArray(grant.userId, [...ids]), eq(sql`cardinality(${grant.permissions})`, 0)))
    .limit(1);
  if (former) {
    const message = "Somebody among them is no member any more; invite them anew with another e-mail address.";
    throw InvalidInputFault.of("userIds", "NO_MEMBER", message);
  }
};

const idsOf = (userIds: readonly string[]): string[] => {
  const ids = [...new Set(userIds.map((id) => requireId("user", id).toLowerCase()))].sort();
  if (ids.length === 0 || ids.length > MOST_AT_ONCE) {
    throw InvalidInputFault.of("userIds", "OUT_OF_RANGE", `Name 1 to ${MOST_AT_ONCE} people.`);
  }
  return ids;
};

/** In the order of their ids, so that two at once do not wait for each other. */
const lockedUsers = async (tx: Tx, ids: readonly string[]): Promise<UserRow[]> => {
  const rows = await tx.db
    .select()
    .from(user)
    .where(inArray(user.id, [...ids]))
    .orderBy(asc(user.id))
    .for("update");
  const known = new Set(rows.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw new NotFoundFault("user", missing);
  if (rows.some(({ status }) => status === "ERASED")) {
    throw InvalidInputFault.of("userIds", "ERASED", "Somebody among them was erased for good.");
  }
  return rows;
};

const tell = async (tx: Tx, row: UserRow, status: UserRow["status"], reason: string | null): Promise<void> => {
  const { id: userId, organisationId, email, displayName, locale } = row;
  await announce(tx, "user.changed", {
    aggregateId: userId,
    organisationId,
    payload: { userId, organisationId, email, displayName, locale, status },
  });
  await audit(tx, "accounts", {
    action: "user:manage",
    resource: "user",
    resourceId: userId,
    organisationId,
    before: { status: row.status },
    after: { status, ...(reason === null ? {} : { reason }) },
  });
};
