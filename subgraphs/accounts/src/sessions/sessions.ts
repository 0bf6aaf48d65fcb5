import { announce, audit, isId, NotFoundFault, readSetting, type Tx } from "@tollgate/kit";
import type { OrganisationKind } from "@tollgate/kit/protocol";
import { and, desc, eq, gt, isNull, ne, sql } from "drizzle-orm";
import { forgetDevices } from "../factors/devices.js";
import { endChallenges } from "../sign-in/challenges.js";
import { grant, revocation, session, tenancy } from "../tables.js";
import { mayEnter, type UserRow, userById } from "../users/users.js";
import { deviceOf } from "./device.js";
import { hashToken, type RefreshTokens, sameHash } from "./tokens.js";

export type SessionRow = typeof session.$inferSelect;
type EndReason = NonNullable<SessionRow["endReason"]>;

/** How long the token before the current one still works: two tabs may refresh at the same moment. */
const GRACE_MILLISECONDS = 10_000;

/** What an access token is made from. */
export interface SessionGrant {
  userId: string;
  sessionId: string;
  organisationId: string;
  organisationKind: OrganisationKind;
  permissions: readonly string[];
  permissionsVersion: number;
  refreshToken: string;
  /** Epoch milliseconds. */
  refreshExpiresAt: number;
}

const live = (now: Date) => and(isNull(session.endedAt), gt(session.expiresAt, now));

/** When a session of this organisation that is not used any more ends. */
const endIfIdle = async (tx: Tx, organisationId: string, now: Date): Promise<Date> =>
  new Date(now.getTime() + (await readSetting(tx, "sessions.idleSeconds", organisationId)) * 1000);

/** Starts a session for a user whose credentials were accepted, and tells of it. */
export const startSession = async (
  tx: Tx,
  user: UserRow,
  tokens: RefreshTokens,
  sessionId: string,
  now: Date,
): Promise<SessionGrant> => {
  const { address, userAgent } = tx.caller;
  const device = deviceOf(userAgent);
  const [known] = await tx.db
    .select({ id: session.id })
    .from(session)
    .where(and(eq(session.userId, user.id), eq(session.device, device)))
    .limit(1);
  const refreshToken = tokens.make(sessionId, 0);
  const expiresAt = await endIfIdle(tx, user.organisationId, now);
  await tx.db.insert(session).values({
    id: sessionId,
    organisationId: user.organisationId,
    userId: user.id,
    device,
    address,
    userAgent,
    startedAt: now,
    lastSeenAt: now,
    rotatedAt: now,
    expiresAt,
    refreshHash: hashToken(refreshToken),
  });
  const isKnownDevice = known !== undefined;
  await announce(tx, "session.started", {
    aggregateId: user.id,
    organisationId: user.organisationId,
    payload: {
      userId: user.id,
      organisationId: user.organisationId,
      sessionId,
      device,
      address,
      isKnownDevice,
      at: now,
    },
  });
  await audit(tx, "accounts", {
    action: "session:signIn",
    resource: "session",
    resourceId: sessionId,
    organisationId: user.organisationId,
    userId: user.id,
    after: { device, isKnownDevice },
  });
  return grantOf(tx, { id: sessionId, userId: user.id, organisationId: user.organisationId, expiresAt }, refreshToken);
};

export type Refreshed =
  | { outcome: "RENEWED"; grant: SessionGrant }
  /** Unknown, ended or too old: never which. */
  | { outcome: "INVALID" }
  /** A rotated token came again: somebody has a copy, so the whole family ended. */
  | { outcome: "REUSED"; sessionId: string };

/** Rotates a refresh token. Commits also when the answer is no: a reuse must end the family. */
export const refreshSession = async (tx: Tx, token: string, tokens: RefreshTokens, now: Date): Promise<Refreshed> => {
  const id = tokens.sessionIdOf(token);
  if (id === null) return { outcome: "INVALID" };
  const [row] = await tx.db
    .select()
    .from(session)
    .where(and(eq(session.id, id), live(now)))
    .for("update");
  if (!row || !(await mayEnter(tx, await userById(tx, row.userId)))) return { outcome: "INVALID" };
  const hash = hashToken(token);
  if (sameHash(hash, row.refreshHash)) return { outcome: "RENEWED", grant: await rotate(tx, row, tokens, now) };
  const isPrevious = row.previousHash !== null && sameHash(hash, row.previousHash);
  if (isPrevious && now.getTime() - row.rotatedAt.getTime() <= GRACE_MILLISECONDS) {
    return { outcome: "RENEWED", grant: await grantOf(tx, row, tokens.make(row.id, row.generation)) };
  }
  // It is one that we gave out (its proof was right), and not the newest: a copy is about.
  await endSessions(tx, [row.id], "TOKEN_REUSED", now);
  await audit(tx, "accounts", {
    action: "session:reuse",
    resource: "session",
    resourceId: row.id,
    organisationId: row.organisationId,
    userId: row.userId,
    outcome: "REFUSED",
    problem: "UNAUTHENTICATED",
  });
  return { outcome: "REUSED", sessionId: row.id };
};

const rotate = async (tx: Tx, row: SessionRow, tokens: RefreshTokens, now: Date): Promise<SessionGrant> => {
  const generation = row.generation + 1;
  const refreshToken = tokens.make(row.id, generation);
  const expiresAt = await endIfIdle(tx, row.organisationId, now);
  await tx.db
    .update(session)
    .set({
      generation,
      rotatedAt: now,
      lastSeenAt: now,
      expiresAt,
      refreshHash: hashToken(refreshToken),
      previousHash: row.refreshHash,
    })
    .where(eq(session.id, row.id));
  return grantOf(tx, { ...row, expiresAt }, refreshToken);
};

const grantOf = async (
  tx: Tx,
  row: Pick<SessionRow, "id" | "userId" | "organisationId" | "expiresAt">,
  refreshToken: string,
): Promise<SessionGrant> => {
  const [known] = await tx.db
    .select({ permissions: grant.permissions, version: grant.version, kind: tenancy.kind })
    .from(tenancy)
    .leftJoin(grant, eq(grant.userId, row.userId))
    .where(eq(tenancy.organisationId, row.organisationId));
  return {
    userId: row.userId,
    sessionId: row.id,
    organisationId: row.organisationId,
    organisationKind: (known?.kind ?? "CUSTOMER") as OrganisationKind, // organisations writes these kinds only
    permissions: known?.permissions ?? [],
    permissionsVersion: Number(known?.version ?? 0n),
    refreshToken,
    refreshExpiresAt: row.expiresAt.getTime(),
  };
};

/** Live sessions of a user, last seen first. */
export const liveSessions = (tx: Tx, userId: string, now: Date): Promise<SessionRow[]> =>
  tx.db
    .select()
    .from(session)
    .where(and(eq(session.userId, userId), live(now)))
    .orderBy(desc(session.lastSeenAt));

/** @throws NotFoundFault outside the caller's estate or when it has ended. */
export const liveSessionById = async (tx: Tx, id: string, now: Date): Promise<SessionRow> => {
  const [row] = await tx.db
    .select()
    .from(session)
    .where(and(eq(session.id, id), live(now)));
  if (!row) throw new NotFoundFault("session", id);
  return row;
};

export const isLiveSessionOf = async (tx: Tx, id: string, userId: string, now: Date): Promise<boolean> => {
  if (!isId(id)) return false;
  const own = and(eq(session.id, id), eq(session.userId, userId), live(now));
  return (await tx.db.$count(session, own)) > 0;
};

/** Ends sessions, for every process within a second. @returns how many were still live. */
export const endSessions = async (tx: Tx, ids: readonly string[], reason: EndReason, now: Date): Promise<number> => {
  const ended = await tx.sql<{ id: string }[]>`
    update session set ended_at = ${now.toISOString()}, end_reason = ${reason}
     where id = any(${[...ids]}::uuid[]) and ended_at is null returning id`;
  await revoke(
    tx,
    ended.map(({ id }) => ({ sessionId: id })),
  );
  return ended.length;
};

/** Ends all live sessions of a user, the trust in its devices and sign-ins under way. @param except a session that stays. */
export const endSessionsOfUser = async (
  tx: Tx,
  userId: string,
  reason: EndReason,
  now: Date,
  except: string | null = null,
): Promise<number> => {
  await forgetDevices(tx, userId);
  await endChallenges(tx, userId, now);
  const rows = await tx.db
    .select({ id: session.id })
    .from(session)
    .where(and(eq(session.userId, userId), live(now), except === null ? undefined : ne(session.id, except)));
  return endSessions(
    tx,
    rows.map((row) => row.id),
    reason,
    now,
  );
};

type Revoked = { sessionId: string } | { userId: string; permissionsVersion: bigint };

/** Numbers under a lock that is held until the commit, so that nobody reads past one that is still to come. */
export const revoke = async (tx: Tx, revoked: readonly Revoked[]): Promise<void> => {
  if (revoked.length === 0) return;
  await tx.sql`select pg_advisory_xact_lock(hashtext('tollgate revocations'))`;
  await tx.db.insert(revocation).values([...revoked]);
};

/** Removes revocations that no living token needs any more, and sessions long over. */
export const tidySessions = async (tx: Tx): Promise<void> => {
  await tx.db.delete(revocation).where(sql`at < now() - interval '1 hour'`);
  await tx.db.delete(session).where(sql`expires_at < now() - interval '90 days'`);
};
