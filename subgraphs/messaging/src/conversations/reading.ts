import {
  type Connection,
  connectionOf,
  decodeCursor,
  InvalidInputFault,
  inBranch,
  inScope,
  isId,
  NotFoundFault,
  type PageArguments,
  pageSize,
  type Tx,
} from "@tollgate/kit";
import { encode } from "@tollgate/kit/protocol";
import { and, count, desc, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import {
  type ContactRow,
  type ConversationRow,
  contact,
  conversation,
  type MessageRow,
  message,
} from "./conversation.schema.js";

const LONGEST_SEARCH = 200;

/** Conversations by id, of the scope. */
export const conversationsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, ConversationRow>> => {
  const rows = await tx.db
    .select()
    .from(conversation)
    .where(and(inScope(tx, conversation.organisationId), inArray(conversation.id, ids.filter(isId))));
  return new Map(rows.map((row) => [row.id, row]));
};

export const messagesById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, MessageRow>> => {
  const rows = await tx.db
    .select()
    .from(message)
    .where(and(inScope(tx, message.organisationId), inArray(message.id, ids.filter(isId))));
  return new Map(rows.map((row) => [row.id, row]));
};

export const contactsById = async (tx: Tx, ids: readonly string[]): Promise<Map<string, ContactRow>> => {
  const rows = await tx.db
    .select()
    .from(contact)
    .where(and(inScope(tx, contact.organisationId), inArray(contact.id, ids.filter(isId))));
  return new Map(rows.map((row) => [row.id, row]));
};

/** The contacts of the conversations that messages belong to, by conversation. */
export const contactsOf = async (tx: Tx, messages: readonly MessageRow[]): Promise<Map<string, ContactRow>> => {
  if (messages.length === 0) return new Map();
  const ids = [...new Set(messages.map(({ conversationId }) => conversationId))];
  const rows = await tx.db
    .select({ conversationId: conversation.id, contact })
    .from(conversation)
    .innerJoin(contact, eq(contact.id, conversation.contactId))
    .where(inArray(conversation.id, ids));
  return new Map(rows.map((row) => [row.conversationId, row.contact]));
};

export const requireConversation = (id: string, row: ConversationRow | null | undefined): ConversationRow => {
  if (!row) throw new NotFoundFault("conversation", id);
  return row;
};

export interface ConversationListing extends PageArguments {
  /** Of this organisation and all below it. */
  organisationId: string;
  sessionId?: string | null;
  status?: readonly ConversationRow["status"][] | null;
  unreadOnly?: boolean | null;
  /** Over names, numbers and texts. */
  search?: string | null;
}

const searched = (search: string): SQL => {
  if (search.length > LONGEST_SEARCH) {
    throw InvalidInputFault.of("filter.search", "TOO_LONG", `At most ${LONGEST_SEARCH} characters.`);
  }
  const part = `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql`(exists (select 1 from contact c where c.id = ${conversation.contactId} and (c.name ilike ${part} or c.phone ilike ${part}))
    or exists (select 1 from message m where m.conversation_id = ${conversation.id} and m.text ilike ${part}))`;
};

const requirePosition = (after: string | null | undefined): SQL | null => {
  const position = decodeCursor(after, 2);
  if (!position) return null;
  const [at, id] = position;
  if (typeof at !== "string" || Number.isNaN(Date.parse(at)) || typeof id !== "string" || !isId(id)) {
    throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this list.");
  }
  return sql`(${at}::timestamptz, ${id}::uuid)`;
};

/** The inbox of a branch, last activity first. */
export const listConversations = async (tx: Tx, listing: ConversationListing): Promise<Connection<ConversationRow>> => {
  const { organisationId, sessionId, status, unreadOnly, search } = listing;
  const wanted = and(
    inScope(tx, conversation.organisationId),
    inBranch(conversation.organisationId, organisationId),
    sessionId ? (isId(sessionId) ? eq(conversation.sessionId, sessionId) : sql`false`) : undefined,
    status ? inArray(conversation.status, [...status]) : undefined,
    unreadOnly ? gt(conversation.unreadCount, 0) : undefined,
    search ? searched(search) : undefined,
  );
  const after = requirePosition(listing.after);
  const older = after ? sql`(${conversation.lastActivityAt}, ${conversation.id}) < ${after}` : undefined;
  const rows = await tx.db
    .select()
    .from(conversation)
    .where(and(wanted, older))
    .orderBy(desc(conversation.lastActivityAt), desc(conversation.id))
    .limit(pageSize(listing) + 1);
  return connectionOf(
    rows,
    listing,
    (row) => [row.lastActivityAt.toISOString(), row.id],
    async () => {
      const [row] = await tx.db.select({ total: count() }).from(conversation).where(wanted);
      return row?.total ?? 0;
    },
  );
};

const messagePage = (rows: MessageRow[], page: PageArguments) =>
  connectionOf(rows, page, (row) => [row.createdAt.toISOString(), row.id]);

export interface MessageListing extends PageArguments {
  conversationId: string;
}

/** Messages of many conversations, newest first: one statement for each different page. */
export const messagePages = async (
  tx: Tx,
  listings: readonly MessageListing[],
): Promise<Map<MessageListing, Connection<MessageRow>>> => {
  const pages = new Map<MessageListing, Connection<MessageRow>>();
  const alike = Map.groupBy(listings, ({ first, after }) => encode([first ?? null, after ?? null]));
  for (const group of alike.values()) {
    const [page] = group;
    if (!page) continue;
    const after = requirePosition(page.after);
    const older = after ? sql`and (m.created_at, m.id) < ${after}` : sql``;
    const found = await tx.db.execute<{ id: string }>(sql`
      select m.id from unnest(${sql.param(group.map(({ conversationId }) => conversationId))}::uuid[]) c(id)
       cross join lateral (select m.id from message m where m.conversation_id = c.id ${older}
         order by m.created_at desc, m.id desc limit ${pageSize(page) + 1}) m`);
    const messages = await messagesById(
      tx,
      found.map(({ id }) => id),
    );
    const rows = found.flatMap(({ id }) => messages.get(id) ?? []);
    const byConversation = Map.groupBy(rows, ({ conversationId }) => conversationId);
    for (const listing of group)
      pages.set(listing, messagePage(byConversation.get(listing.conversationId) ?? [], listing));
  }
  return pages;
};

/** Messages of a branch that were given up, newest first. */
export const failedMessages = async (tx: Tx, page: PageArguments & { organisationId: string }) => {
  const after = requirePosition(page.after);
  const rows = await tx.db
    .select()
    .from(message)
    .where(
      and(
        eq(message.state, "FAILED"),
        inScope(tx, message.organisationId),
        inBranch(message.organisationId, page.organisationId),
        after ? sql`(${message.createdAt}, ${message.id}) < ${after}` : undefined,
      ),
    )
    .orderBy(desc(message.createdAt), desc(message.id))
    .limit(pageSize(page) + 1);
  return messagePage(rows, page);
};

/** Conversations with something unread, by organisation. */
export const unreadConversationsOf = async (
  tx: Tx,
  organisationIds: readonly string[],
): Promise<Map<string, number>> => {
  const rows = await tx.db
    .select({ organisationId: conversation.organisationId, unread: count() })
    .from(conversation)
    .where(
      and(
        inArray(conversation.organisationId, [...organisationIds]),
        inScope(tx, conversation.organisationId),
        gt(conversation.unreadCount, 0),
      ),
    )
    .groupBy(conversation.organisationId);
  return new Map(rows.map(({ organisationId, unread }) => [organisationId, unread]));
};
