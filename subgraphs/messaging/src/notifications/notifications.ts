import {
  type Connection,
  connectionOf,
  decodeCursor,
  isId,
  NotFoundFault,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import { and, count, desc, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { FALLBACK, type Times, timesIn } from "../mail/times.js";
import type { Recipient } from "../people/people.js";
import { person } from "../people/person.schema.js";
import { type NotificationRow, notification } from "./notification.schema.js";

/** What several people are told at once. */
export type Notice = Pick<
  NotificationRow,
  "kind" | "severity" | "title" | "body" | "link" | "subjectOrganisationId" | "at"
>;

/** The live topic of one person. */
export const topicOf = (userId: string): string => `notifications:${userId}`;

export const CREATED = "notification.created";

/** Payload of the event on a person's topic. */
export interface NotificationCreated {
  notificationId: string;
}

/**
 * Tells people something: a row for each, and an event on each one's topic.
 * @param sourceEventId whoever was told of this event before is not told again.
 */
export const notify = (
  tx: Tx,
  recipients: readonly Recipient[],
  notice: Notice,
  sourceEventId: string,
): Promise<void> => tell(tx, recipients, () => notice, sourceEventId);

/** The same with times in it, as each one's locale writes them. @param timeZone of these times. */
export const notifyOfTimes = async (
  tx: Tx,
  recipients: readonly Recipient[],
  { timeZone, write }: { timeZone: string; write: (times: Times) => Notice },
  sourceEventId: string,
): Promise<void> => {
  const ids = recipients.map(({ userId }) => userId);
  const rows = await tx.db
    .select({ userId: person.userId, locale: person.locale })
    .from(person)
    .where(inArray(person.userId, ids));
  const locales = new Map(rows.map(({ userId, locale }) => [userId, locale]));
  const notices = (userId: string) => write(timesIn(locales.get(userId) ?? FALLBACK, timeZone));
  await tell(tx, recipients, notices, sourceEventId);
};

const tell = async (
  tx: Tx,
  recipients: readonly Recipient[],
  noticeFor: (userId: string) => Notice,
  sourceEventId: string,
): Promise<void> => {
  if (recipients.length === 0) return;
  const told = await tx.db
    .insert(notification)
    .values(
      recipients.map(({ userId, organisationId }) => ({ ...noticeFor(userId), userId, organisationId, sourceEventId })),
    )
    .onConflictDoNothing({ target: [notification.userId, notification.sourceEventId] })
    .returning({ id: notification.id });
  // In the order of people, so that two transactions never wait for each other's locks on them.
  await tx.sql`
    select emit(uuidv7(), ${CREATED}, n.user_id, n.organisation_id, jsonb_build_object('notificationId', n.id), null,
        'notifications:' || n.user_id, now())
      from (select id, user_id, organisation_id from notification
             where id = any(${told.map(({ id }) => id)}::uuid[]) order by user_id) n`;
};

export interface NotificationsPage extends Connection<NotificationRow> {
  unreadCount: number;
}

const unreadOf = (userId: string) => and(eq(notification.userId, userId), isNull(notification.readAt));

export const unreadCount = async (tx: Tx, userId: string): Promise<number> => {
  const [row] = await tx.db.select({ unread: count() }).from(notification).where(unreadOf(userId));
  return row?.unread ?? 0;
};

/** One person's notifications, newest first. */
export const notificationsOf = async (
  tx: Tx,
  userId: string,
  page: PageArguments & { unreadOnly?: boolean | null | undefined },
): Promise<NotificationsPage> => {
  const after = decodeCursor(page.after, 2);
  const older = after && sql`(${notification.at}, ${notification.id}) < (${after[0]}::timestamptz, ${after[1]}::uuid)`;
  const rows = await tx.db
    .select()
    .from(notification)
    .where(and(page.unreadOnly ? unreadOf(userId) : eq(notification.userId, userId), older ?? undefined))
    .orderBy(desc(notification.at), desc(notification.id))
    .limit(pageSize(page) + 1);
  const connection = connectionOf(rows, page, (row) => [row.at.toISOString(), row.id]);
  return { ...connection, unreadCount: await unreadCount(tx, userId) };
};

/** @throws NotFoundFault unless it is this person's. */
export const notificationOf = async (tx: Tx, userId: string, id: string): Promise<NotificationRow> => {
  const [row] = await tx.db
    .select()
    .from(notification)
    .where(and(eq(notification.id, id), eq(notification.userId, userId)));
  if (!row) throw new NotFoundFault("notification", id);
  return row;
};

/**
 * Marks one person's notifications as read: those named, or all.
 * @returns how many that changed.
 * @throws NotFoundFault when one of `ids` is not this person's; then none is marked.
 */
export const markRead = async (tx: Tx, userId: string, ids: readonly string[] | null, at: Date): Promise<number> => {
  const wanted = ids === null ? null : [...new Set(ids)];
  if (wanted !== null) await requireOwn(tx, userId, wanted);
  const named = wanted === null ? undefined : inArray(notification.id, wanted);
  const marked = await tx.db
    .update(notification)
    .set({ readAt: at })
    .where(and(unreadOf(userId), named))
    .returning({ id: notification.id });
  return marked.length;
};

const requireOwn = async (tx: Tx, userId: string, ids: readonly string[]): Promise<void> => {
  const malformed = ids.find((id) => !isId(id));
  if (malformed !== undefined) throw new NotFoundFault("notification", malformed);
  const rows = await tx.db
    .select({ id: notification.id })
    .from(notification)
    .where(and(eq(notification.userId, userId), inArray(notification.id, [...ids])));
  const own = new Set(rows.map(({ id }) => id));
  const foreign = ids.find((id) => !own.has(id.toLowerCase()));
  if (foreign !== undefined) throw new NotFoundFault("notification", foreign);
};

/** Removes what happened before `before`, read or not. */
export const removeNotifications = async (tx: Tx, before: Date): Promise<void> => {
  await tx.db.delete(notification).where(lt(notification.at, before));
};

/** Removes everything that one person was told. */
export const forgetNotifications = async (tx: Tx, userId: string): Promise<void> => {
  await tx.db.delete(notification).where(eq(notification.userId, userId));
};
