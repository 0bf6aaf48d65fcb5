import {
  announce,
  audit,
  type Connection,
  connectionOf,
  decodeCursor,
  inBranch,
  inScope,
  NotFoundFault,
  newEventId,
  type PageArguments,
  pageSize,
  pseudonymOf,
  reasonOf,
  requireId,
  requirePerson,
  type Sealer,
  type Tx,
} from "@tollgate/kit";
import { and, asc, desc, eq, inArray, isNull, lt, ne, or } from "drizzle-orm";
import { refuseSelf, requireOwnersLeft } from "../people/owners.js";
import { endAccess } from "../people/people.js";
import { requireNotAbove } from "../people/rank.js";
import { accountsPersonalData } from "../personal-data.js";
import { erasure, erasureConfirmation, user } from "../tables.js";
import type { UserRow } from "../users/users.js";
import type { ErasureRow } from "./erasure.schema.js";

export type Confirmation = typeof erasureConfirmation.$inferSelect;

/** What seals the address where a person is told that it is done. */
export interface ErasureTools {
  sealer: Sealer;
  atRest: Sealer;
  now: Date;
}

/**
 * Takes a person out of Tollgate for good: here at once, in the other tables and subgraphs within moments. Once more
 * changes nothing.
 * @throws NotFoundFault; ForbiddenFault for oneself, the last owner of an organisation and whoever may do more.
 */
export const eraseUser = async (
  tx: Tx,
  wish: { userId: string; reason: string },
  tools: ErasureTools,
): Promise<string> => {
  const reason = reasonOf(wish.reason);
  const id = requireId("user", wish.userId);
  const requestedBy = requirePerson(tx.caller).userId;
  refuseSelf(tx, [id.toLowerCase()], "erase");
  await requireOwnersLeft(tx, [id]);
  const [row] = await tx.db.select().from(user).where(eq(user.id, id)).for("update");
  if (!row) throw new NotFoundFault("user", id);
  if (row.status === "ERASED") return row.id;
  await requireNotAbove(tx, [row.id]);
  await erase(tx, row, { reason, requestedBy }, tools);
  return row.id;
};

/** All people of an organisation that is erased; the last owner as well. */
export const erasePeopleOf = async (
  tx: Tx,
  { organisationId, ...why }: { organisationId: string; reason: string; requestedBy: string | null },
  tools: ErasureTools,
): Promise<void> => {
  const rows = await tx.db
    .select()
    .from(user)
    .where(and(eq(user.organisationId, organisationId), ne(user.status, "ERASED")))
    .orderBy(asc(user.id))
    .for("update");
  for (const row of rows) await erase(tx, row, why, tools);
};

const erase = async (
  tx: Tx,
  row: UserRow,
  { reason, requestedBy }: { reason: string; requestedBy: string | null },
  { sealer, atRest, now }: ErasureTools,
): Promise<void> => {
  const { id: userId, organisationId, email, locale } = row;
  const erasureId = newEventId();
  await tx.db.insert(erasure).values({
    id: erasureId,
    organisationId,
    subject: "USER",
    subjectId: userId,
    reason,
    requestedBy,
    requestedAt: now,
    sealedEmail: atRest.seal(email, erasureId),
    locale,
  });
  await endAccess(tx, [userId], now);
  await accountsPersonalData.eraseFrom(tx, { userId, email }, ["user"]);
  await announce(tx, "user.changed", {
    aggregateId: userId,
    organisationId,
    payload: { userId, organisationId, ...pseudonymOf(userId), locale: "en-ZA", status: "ERASED" },
  });
  const id = newEventId();
  await announce(tx, "user.erased", {
    id,
    aggregateId: userId,
    organisationId,
    payload: { erasureId, userId, organisationId },
    sealed: sealer.seal(email, id),
  });
  await audit(tx, "accounts", {
    action: "user:erase",
    resource: "user",
    resourceId: userId,
    organisationId,
    ...(requestedBy === null ? {} : { userId: requestedBy }),
    after: { erasureId, reason },
  });
};

/** Notes that an organisation is erased, until every subgraph has confirmed it. */
export const openOrganisationErasure = async (
  tx: Tx,
  wish: { erasureId: string; organisationId: string; reason: string; requestedBy: string | null },
  now: Date,
): Promise<void> => {
  const { erasureId: id, organisationId, reason, requestedBy } = wish;
  await tx.db
    .insert(erasure)
    .values({
      id,
      organisationId,
      subject: "ORGANISATION",
      subjectId: organisationId,
      reason,
      requestedBy,
      requestedAt: now,
    })
    .onConflictDoNothing();
};

/** Erasures of the estate, newest first; open ones alone where asked. */
export const erasuresOf = async (
  tx: Tx,
  page: PageArguments,
  filter: { organisationId?: string | null | undefined; openOnly?: boolean | null | undefined },
): Promise<Connection<ErasureRow>> => {
  const { organisationId } = filter;
  const key = decodeCursor(page.after, 2);
  const [at, id] = [new Date(String(key?.[0] ?? 0)), String(key?.[1])];
  const rows = await tx.db
    .select()
    .from(erasure)
    .where(
      and(
        organisationId ? inBranch(erasure.organisationId, organisationId) : inScope(tx, erasure.organisationId),
        filter.openOnly ? isNull(erasure.completedAt) : undefined,
        key ? or(lt(erasure.requestedAt, at), and(eq(erasure.requestedAt, at), lt(erasure.id, id))) : undefined,
      ),
    )
    .orderBy(desc(erasure.requestedAt), desc(erasure.id))
    .limit(pageSize(page) + 1);
  return connectionOf(rows, page, (row) => [row.requestedAt.toISOString(), row.id]);
};

/** What the subgraphs have said, by erasure. */
export const confirmationsOf = async (tx: Tx, ids: readonly string[]): Promise<Map<string, Confirmation[]>> => {
  const rows = await tx.db
    .select()
    .from(erasureConfirmation)
    .where(inArray(erasureConfirmation.erasureId, [...ids]))
    .orderBy(asc(erasureConfirmation.subgraph));
  return Map.groupBy(rows, ({ erasureId }) => erasureId);
};
