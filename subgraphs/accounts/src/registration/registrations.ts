import { announce, audit, ConflictFault, newEventId, type Tx } from "@tollgate/kit";
import type { DeliveredEvent, MemberChange, RegistrationRefusal } from "@tollgate/kit/protocol";
import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { registration, tenancy, user } from "../tables.js";
import { type UserRow, userByEmail } from "../users/users.js";

export type RegistrationRow = typeof registration.$inferSelect;

/** After this, and twice as long after each time, organisations is told once more of what it has not answered. */
const REMIND_AFTER = "1 minute";
const RARELY = "1 hour";
const REMINDED_AT_ONCE = 100;
/** How a registration ended is remembered for so long. */
const KEPT = "30 days";

export interface NewPerson {
  email: string;
  displayName: string;
  passwordHash: string;
  phone?: string | null;
  locale?: string | null;
  timeZone?: string | null;
}

/** Where the person belongs: to who invited it, or to an organisation that is made for it. */
export type Origin = { organisationId: string; invitationId: string } | { organisationName: string };

/**
 * Makes a user that cannot come in yet, and asks organisations for its membership. What follows is `complete` or
 * `withdraw`.
 * @throws ConflictFault when somebody has the e-mail.
 */
export const beginRegistration = async (
  tx: Tx,
  person: NewPerson,
  origin: Origin,
  tokenHash: string,
  now: Date,
): Promise<RegistrationRow> => {
  if (await userByEmail(tx, person.email)) throw new EmailTaken();
  const [userId, fresh] = [newEventId(), newEventId()];
  const isInvited = "invitationId" in origin;
  const organisationId = isInvited ? origin.organisationId : fresh;
  const { email, displayName, passwordHash, phone, locale, timeZone } = person;
  await tx.db.insert(user).values({
    id: userId,
    organisationId,
    email,
    // The token came by mail to this address.
    emailVerified: true,
    displayName,
    passwordHash,
    phone: phone ?? null,
    ...(locale && { locale }),
    ...(timeZone && { timeZone }),
    status: "UNVERIFIED",
    createdAt: now,
  });
  const [row] = await tx.db
    .insert(registration)
    .values({
      userId,
      organisationId,
      invitationId: isInvited ? origin.invitationId : null,
      organisationName: isInvited ? null : origin.organisationName,
      tokenHash,
      createdAt: now,
      announcedAt: now,
    })
    .returning();
  if (!row) throw new Error("insert gave no row");
  await ask(tx, row);
  await audit(tx, "accounts", {
    action: "user:register",
    resource: "user",
    resourceId: userId,
    organisationId: isInvited ? organisationId : await operatorId(tx),
    userId,
    after: { email, displayName, ...origin },
  });
  return row;
};

/** Said only to whoever holds a token that was mailed to this address. */
export class EmailTaken extends ConflictFault {
  constructor() {
    super("Somebody signs in with this e-mail already. A person belongs to one organisation only.");
  }
}

const ask = async (tx: Tx, row: RegistrationRow): Promise<void> => {
  const { userId, organisationId, invitationId, organisationName } = row;
  const origin =
    invitationId !== null
      ? { kind: "INVITATION" as const, invitationId }
      : { kind: "SIGN_UP" as const, organisationName: organisationName ?? "" };
  await announce(tx, "user.registered", {
    aggregateId: userId,
    organisationId,
    payload: { userId, organisationId, origin },
  });
};

/** The registration that a token began and that did not fail; null when there is none. */
export const registrationOf = async (tx: Tx, tokenHash: string): Promise<RegistrationRow | null> => {
  const [row] = await tx.db
    .select()
    .from(registration)
    .where(and(eq(registration.tokenHash, tokenHash), ne(registration.state, "REFUSED")));
  return row ?? null;
};

/** The one that has taken an invitation; null when nobody has. */
export const registrationBy = async (tx: Tx, invitationId: string): Promise<RegistrationRow | null> => {
  const [row] = await tx.db
    .select()
    .from(registration)
    .where(and(eq(registration.invitationId, invitationId), ne(registration.state, "REFUSED")));
  return row ?? null;
};

/** Organisations has made the membership: the person may come in. Does nothing for anybody who is in already. */
export const completeRegistration = async (tx: Tx, { userId }: MemberChange, now: Date): Promise<void> => {
  const [settled] = await tx.db
    .update(registration)
    .set({ state: "COMPLETED", settledAt: now })
    .where(and(eq(registration.userId, userId), eq(registration.state, "PENDING")))
    .returning();
  if (!settled) return;
  const [row] = await tx.db
    .update(user)
    .set({ status: "ACTIVE" })
    .where(and(eq(user.id, userId), eq(user.status, "UNVERIFIED")))
    .returning();
  if (!row) return;
  const { organisationId, email, displayName, locale, status } = row;
  await announce(tx, "user.changed", {
    aggregateId: userId,
    organisationId,
    payload: { userId, organisationId, email, displayName, locale, status },
  });
  await audit(tx, "accounts", {
    action: "user:register",
    resource: "user",
    resourceId: userId,
    organisationId,
    userId,
    before: { status: "UNVERIFIED" },
    after: { status },
  });
};

/** Organisations has no membership for this person: it goes as if it had never come, and its e-mail is free again. */
export const withdrawRegistration = async (tx: Tx, event: DeliveredEvent, now: Date): Promise<void> => {
  const { userId, organisationId } = event.payload as RegistrationRefusal; // the catalogue's type for this event
  const [settled] = await tx.db
    .update(registration)
    .set({ state: "REFUSED", settledAt: now })
    .where(and(eq(registration.userId, userId), eq(registration.state, "PENDING")))
    .returning();
  if (!settled) return;
  await tx.db.delete(user).where(and(eq(user.id, userId), eq(user.status, "UNVERIFIED")));
  await audit(tx, "accounts", {
    action: "user:register",
    resource: "user",
    resourceId: userId,
    organisationId: settled.invitationId === null ? await operatorId(tx) : organisationId,
    userId,
    outcome: "REFUSED",
    problem: "CONFLICT",
  });
};

/** How far a registration is; null while organisations has not answered, or its tree has not come. */
export type Settled = { state: "ENTERABLE"; row: RegistrationRow; user: UserRow } | { state: "ENDED" };

export const settledRegistration = async (tx: Tx, userId: string): Promise<Settled | null> => {
  const [found] = await tx.db
    .select({ row: registration, user, place: tenancy.status })
    .from(registration)
    .leftJoin(user, eq(user.id, registration.userId))
    .leftJoin(tenancy, eq(tenancy.organisationId, registration.organisationId))
    .where(eq(registration.userId, userId));
  if (!found || found.row.state === "REFUSED") return { state: "ENDED" };
  if (found.row.state === "PENDING" || found.place === null) return null;
  if (found.user?.status !== "ACTIVE" || found.place === "CLOSED") return { state: "ENDED" };
  return { state: "ENTERABLE", row: found.row, user: found.user };
};

/** Tells organisations once more of what it has not answered: an event may have been lost with a database. */
export const remindOrganisations = async (tx: Tx, now: Date): Promise<number> => {
  const overdue = sql`announced_at < ${now.toISOString()}::timestamptz
    - least(${REMIND_AFTER}::interval * power(2, times_announced - 1), ${RARELY}::interval)`;
  const rows = await tx.db
    .select()
    .from(registration)
    .where(and(eq(registration.state, "PENDING"), overdue))
    .limit(REMINDED_AT_ONCE)
    .for("update", { skipLocked: true });
  const ids = rows.map(({ userId }) => userId);
  if (ids.length === 0) return 0;
  await tx.db
    .update(registration)
    .set({ announcedAt: now, timesAnnounced: sql`least(${registration.timesAnnounced} + 1, 20)` })
    .where(inArray(registration.userId, ids));
  for (const row of rows) await ask(tx, row);
  return rows.length;
};

export const tidyRegistrations = async (tx: Tx): Promise<void> => {
  await tx.db.delete(registration).where(sql`settled_at < now() - ${KEPT}::interval`);
};

/** What belongs to nobody yet stands in the operator's trail. */
export const operatorId = async (tx: Tx): Promise<string> => {
  const [row] = await tx.sql<
    { organisation_id: string }[]
  >`select organisation_id from tenancy where parent_id is null`;
  if (!row) throw new Error("the tree is empty");
  return row.organisation_id;
};
