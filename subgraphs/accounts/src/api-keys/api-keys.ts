import {
  audit,
  ConflictFault,
  type Connection,
  connectionOf,
  decodeCursor,
  homeOrganisation,
  inBranch,
  inScope,
  NotFoundFault,
  newEventId,
  organisationInScope,
  type PageArguments,
  pageSize,
  requireActive,
  requireId,
  requirePerson,
  type Tx,
} from "@tollgate/kit";
import { and, desc, eq, lt, or, sql } from "drizzle-orm";
import { revoke } from "../sessions/sessions.js";
import { apiKey } from "../tables.js";
import { KEY_TOKEN_SECONDS } from "./exchange.js";
import { type KeyWishes, overlapOf, requireEach, termsOf } from "./rules.js";
import type { ApiKeySecrets } from "./secrets.js";

export type ApiKeyRow = typeof apiKey.$inferSelect;
export type ApiKeyState = "ACTIVE" | "ROTATING" | "EXPIRED" | "REVOKED";

/** Keys of one organisation that are neither revoked nor expired. */
const MOST_KEYS = 100;

/** What is given out once. */
export interface ShownSecret {
  id: string;
  secret: string;
}

export const stateOf = (key: ApiKeyRow, now: Date): ApiKeyState => {
  if (key.revokedAt) return "REVOKED";
  if (key.expiresAt && key.expiresAt <= now) return "EXPIRED";
  return key.previousUntil && key.previousUntil > now ? "ROTATING" : "ACTIVE";
};

/** @throws NotFoundFault outside the caller's estate. */
export const apiKeyById = async (tx: Tx, id: string): Promise<ApiKeyRow> => {
  const [row] = await tx.db
    .select()
    .from(apiKey)
    .where(eq(apiKey.id, requireId("apiKey", id)));
  if (!row) throw new NotFoundFault("apiKey", id);
  return row;
};

/** Keys of the estate, or of one branch of it, newest first. */
export const apiKeysOf = async (
  tx: Tx,
  page: PageArguments,
  organisationId: string | null,
): Promise<Connection<ApiKeyRow>> => {
  const scope = organisationId ? inBranch(apiKey.organisationId, organisationId) : inScope(tx, apiKey.organisationId);
  const key = decodeCursor(page.after, 2);
  const [at, id] = [new Date(String(key?.[0])), String(key?.[1])];
  const beyond = key ? or(lt(apiKey.createdAt, at), and(eq(apiKey.createdAt, at), lt(apiKey.id, id))) : undefined;
  const rows = await tx.db
    .select()
    .from(apiKey)
    .where(and(scope, beyond))
    .orderBy(desc(apiKey.createdAt), desc(apiKey.id))
    .limit(pageSize(page) + 1);
  const count = () => tx.db.$count(apiKey, scope);
  return connectionOf(rows, page, (row) => [row.createdAt.toISOString(), row.id], count);
};

/**
 * Makes a key of the caller's organisation, or of one of its estate.
 * @throws ForbiddenFault for more permissions than the caller has; ConflictFault where there are enough keys.
 */
export const createApiKey = async (
  tx: Tx,
  wishes: KeyWishes & { organisationId?: string | null | undefined },
  secrets: ApiKeySecrets,
  now: Date,
): Promise<ShownSecret> => {
  const maker = requirePerson(tx.caller);
  const terms = termsOf(wishes, now);
  requireEach(maker, terms.permissions);
  const organisationId = requireId("organisation", wishes.organisationId ?? homeOrganisation(maker));
  requireActive(await organisationInScope(tx, organisationId));
  await requireRoom(tx, organisationId, now);
  const { secret, prefix, hash } = secrets.make();
  const [row] = await tx.db
    .insert(apiKey)
    .values({
      ...terms,
      organisationId,
      createdBy: maker.userId,
      answeredBy: maker.userId,
      createdAt: now,
      sessionId: newEventId(),
      prefix,
      secretHash: hash,
    })
    .returning();
  if (!row) throw new Error("the new key was not returned");
  await record(tx, row, "create", { after: { ...terms, prefix } });
  return { id: row.id, secret };
};

/** Counts under a lock, so that two at once do not both find room. */
const requireRoom = async (tx: Tx, organisationId: string, now: Date): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext(${`api keys of ${organisationId}`}))`;
  const live = await tx.db.$count(
    apiKey,
    and(
      eq(apiKey.organisationId, organisationId),
      sql`revoked_at is null and (expires_at is null or expires_at > ${now.toISOString()})`,
    ),
  );
  if (live >= MOST_KEYS) {
    throw new ConflictFault(`An organisation has at most ${MOST_KEYS} keys; revoke one that is not needed.`);
  }
};

/**
 * Gives the key a new secret, for which the caller answers from now on; the old one works on for the overlap. One before
 * that ends at once.
 * @throws ForbiddenFault where the key may do what the caller may not.
 */
export const rotateApiKey = async (
  tx: Tx,
  { apiKeyId, overlapMinutes }: { apiKeyId: string; overlapMinutes: number },
  secrets: ApiKeySecrets,
  now: Date,
): Promise<ShownSecret> => {
  const person = requirePerson(tx.caller);
  const overlap = overlapOf(overlapMinutes);
  const key = await lockedKey(tx, apiKeyId);
  requireEach(person, key.permissions);
  requireActive(await organisationInScope(tx, key.organisationId));
  if (stateOf(key, now) === "REVOKED") throw new ConflictFault("This key is revoked; create a new one.", key.id);
  if (stateOf(key, now) === "EXPIRED") throw new ConflictFault("This key has expired; create a new one.", key.id);
  const fresh = secrets.make();
  await tx.db
    .update(apiKey)
    .set({
      answeredBy: person.userId,
      sessionId: newEventId(),
      prefix: fresh.prefix,
      secretHash: fresh.hash,
      ...(await previousOf(tx, key, overlap, now)),
    })
    .where(eq(apiKey.id, key.id));
  const [before, after] = [{ prefix: key.prefix }, { prefix: fresh.prefix, overlapMinutes: overlap }];
  await record(tx, key, "rotate", { before, after });
  return { id: key.id, secret: fresh.secret };
};

/** What stays of the secret that is replaced. Ends what would outlive it, and the one that was replaced before. */
const previousOf = async (tx: Tx, key: ApiKeyRow, overlapMinutes: number, now: Date) => {
  const outlived = overlapMinutes * 60 < KEY_TOKEN_SECONDS; // tokens made a moment ago would work longer than that
  const ended = [outlived ? key.sessionId : null, key.previousSessionId];
  await revoke(
    tx,
    ended.flatMap((sessionId) => (sessionId === null ? [] : [{ sessionId }])),
  );
  if (overlapMinutes === 0) return NO_PREVIOUS;
  return {
    previousSessionId: outlived ? newEventId() : key.sessionId,
    previousPrefix: key.prefix,
    previousHash: key.secretHash,
    previousUntil: new Date(now.getTime() + overlapMinutes * 60_000),
  };
};

const NO_PREVIOUS = { previousSessionId: null, previousPrefix: null, previousHash: null, previousUntil: null };

/** Ends the key for every process within a second; once more changes nothing. */
export const revokeApiKey = async (tx: Tx, apiKeyId: string, now: Date): Promise<string> => {
  const key = await lockedKey(tx, apiKeyId);
  if (key.revokedAt) return key.id;
  await tx.db.update(apiKey).set({ revokedAt: now }).where(eq(apiKey.id, key.id));
  await revoke(tx, sessionsOf(key));
  await record(tx, key, "revoke", { before: { name: key.name, prefix: key.prefix } });
  return key.id;
};

const sessionsOf = ({ sessionId, previousSessionId }: ApiKeyRow) =>
  [sessionId, previousSessionId].flatMap((id) => (id === null ? [] : [{ sessionId: id }]));

const lockedKey = async (tx: Tx, id: string): Promise<ApiKeyRow> => {
  const [row] = await tx.db
    .select()
    .from(apiKey)
    .where(eq(apiKey.id, requireId("apiKey", id)))
    .for("update");
  if (!row) throw new NotFoundFault("apiKey", id);
  return row;
};

const record = (tx: Tx, key: ApiKeyRow, what: string, change: { before?: unknown; after?: unknown }) =>
  audit(tx, "accounts", {
    action: `apiKey:${what}`,
    resource: "apiKey",
    resourceId: key.id,
    organisationId: key.organisationId,
    ...change,
  });

/** What a person may do has changed: tokens of the keys that the person answers for are out of date. */
export const outdateKeysOf = async (tx: Tx, userId: string): Promise<void> => {
  const keys = await tx.sql<{ id: string; version: number }[]>`
    update api_key set version = version + 1 where answered_by = ${userId} and revoked_at is null
    returning id, version`;
  await revoke(
    tx,
    keys.map(({ id, version }) => ({ userId: id, permissionsVersion: BigInt(version) })),
  );
};

/** Ends replaced secrets whose overlap is over, and with them the streams that were begun with them. */
export const endOverlaps = async (tx: Tx, now: Date): Promise<void> => {
  const over = await tx.sql<{ id: string }[]>`
    with over as (
      select id, previous_session_id from api_key where previous_until <= ${now.toISOString()} for update)
    update api_key k
       set previous_session_id = null, previous_prefix = null, previous_hash = null, previous_until = null
      from over where k.id = over.id returning over.previous_session_id as id`;
  await revoke(
    tx,
    over.map(({ id }) => ({ sessionId: id })),
  );
};
