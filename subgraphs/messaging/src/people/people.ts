import type { Tx } from "@tollgate/kit";
import type { DeliveredEvent, MemberChange, UserChange } from "@tollgate/kit/protocol";
import { lt } from "drizzle-orm";
import { membership, person } from "./person.schema.js";

/** Somebody who can be told something. */
export interface Recipient {
  userId: string;
  organisationId: string;
}

/** Follows accounts: state of a user, applied where it is newer. */
export const followUser = async (tx: Tx, event: DeliveredEvent): Promise<void> => {
  const { userId, ...user } = event.payload as UserChange; // the catalogue's type for this event
  const values = {
    organisationId: user.organisationId,
    email: user.email,
    displayName: user.displayName,
    locale: user.locale,
    status: user.status,
    version: event.aggregateVersion,
  };
  await tx.db
    .insert(person)
    .values({ userId, ...values })
    .onConflictDoUpdate({ target: person.userId, set: values, setWhere: lt(person.version, event.aggregateVersion) });
};

/** Follows organisations: what a member may do, applied where it is newer. */
export const followMember = async (tx: Tx, event: DeliveredEvent): Promise<void> => {
  const change = event.payload as MemberChange; // the catalogue's type for this event
  const values = {
    organisationId: change.organisationId,
    permissions: [...change.permissions],
    version: event.aggregateVersion,
  };
  await tx.db
    .insert(membership)
    .values({ userId: change.userId, ...values })
    .onConflictDoUpdate({
      target: membership.userId,
      set: values,
      setWhere: lt(membership.version, event.aggregateVersion),
    });
};

/** Of people, those who are still there: a membership and nobody deactivated or erased. */
const PRESENT = (tx: Tx) =>
  tx.sql`m.permissions <> '{}' and coalesce(p.status, 'ACTIVE') not in ('DEACTIVATED', 'ERASED')`;

/**
 * Those whom a turn of an organisation concerns: all its members, and of the organisation above it those who hold
 * `permission`. Who was deactivated or erased is left out.
 */
export const concernedByTurn = async (tx: Tx, organisationId: string, permission: string): Promise<Recipient[]> =>
  await tx.sql<Recipient[]>`
    select m.user_id as "userId", m.organisation_id as "organisationId"
      from membership m left join person p on p.user_id = m.user_id
     where ${PRESENT(tx)} and (m.organisation_id = ${organisationId}
         or m.organisation_id = (select parent_id from tenancy where organisation_id = ${organisationId})
            and ${permission} = any(m.permissions))`;

/** Members of an organisation who hold at least one of `permissions`. */
export const membersHolding = async (
  tx: Tx,
  organisationId: string,
  permissions: readonly string[],
): Promise<Recipient[]> =>
  await tx.sql<Recipient[]>`
    select m.user_id as "userId", m.organisation_id as "organisationId"
      from membership m left join person p on p.user_id = m.user_id
     where m.organisation_id = ${organisationId} and m.permissions && ${[...permissions]}::text[] and ${PRESENT(tx)}`;

/** The same of the organisation above; nobody where there is none. */
export const membersAboveHolding = async (
  tx: Tx,
  organisationId: string,
  permissions: readonly string[],
): Promise<Recipient[]> => {
  const [above] = await tx.sql<{ id: string | null }[]>`
    select parent_id as id from tenancy where organisation_id = ${organisationId}`;
  return above?.id ? membersHolding(tx, above.id, permissions) : [];
};

/** The same of the platform's own organisation, which has nobody above. */
export const membersAtTopHolding = async (tx: Tx, permissions: readonly string[]): Promise<Recipient[]> => {
  const [top] = await tx.sql<{ id: string }[]>`
    select organisation_id as id from tenancy order by path collate "C" limit 1`;
  return top ? membersHolding(tx, top.id, permissions) : [];
};

/** One person, or nobody when they are no member any more. */
export const personOf = async (tx: Tx, userId: string | null): Promise<Recipient[]> =>
  userId === null
    ? []
    : await tx.sql<Recipient[]>`
        select m.user_id as "userId", m.organisation_id as "organisationId"
          from membership m left join person p on p.user_id = m.user_id
         where m.user_id = ${userId} and ${PRESENT(tx)}`;
