import {
  audit,
  ConflictFault,
  type Fault,
  homeOrganisation,
  InvalidInputFault,
  once,
  organisationInScope,
  personOf,
  RateLimitedFault,
  requireActive,
  type Sealer,
  type Tx,
} from "@tollgate/kit";
import { emailsOfMembers } from "../people/people.js";
import type { InvitationRow } from "./invitations.js";
import { endOverdue, issueInvitation, pendingByEmail } from "./issuing.js";
import { offerOf } from "./mailing.js";
import { offeredRoles } from "./offered-roles.js";
import { isEmail, MOST_A_DAY, MOST_AT_ONCE, type Wish, wishesOf } from "./rules.js";

export interface InvitationWish {
  organisationId?: string | null | undefined;
  emails: readonly string[];
  roleIds: readonly string[];
  idempotencyKey: string;
}

/** An e-mail that gets no invitation; by its place, since what is kept for a repetition names nobody. */
export interface Refusal {
  /** Place in the list. */
  index: number;
  reason: "MALFORMED" | "MEMBER" | "PENDING";
  /** The pending invitation. */
  conflictingId: string | null;
}

export interface Invited {
  invitationIds: string[];
  refused: Refusal[];
}

/** A refusal in words, as the fault that it would be on its own. */
export const faultOf = ({ index, reason, conflictingId }: Refusal): Fault => {
  if (reason === "MALFORMED") {
    return InvalidInputFault.of(`emails.${index}`, reason, "This is not a complete e-mail address.");
  }
  return reason === "MEMBER"
    ? new ConflictFault(
        "Somebody with this e-mail is a member already; who was deactivated is reactivated, not invited.",
      )
    : new ConflictFault("This e-mail has an invitation that is still open; send it again instead.", conflictingId);
};

/**
 * Invites people to one organisation, each by an invitation of its own; once per idempotency key. An e-mail that
 * belongs to somebody elsewhere is invited like any other: nobody learns here who has an account.
 * @throws NotFoundFault, ForbiddenFault, RoleRefusedFault, InvalidInputFault, RateLimitedFault for all of them together.
 */
export const inviteMembers = (tx: Tx, wish: InvitationWish, sealer: Sealer, now: Date): Promise<Invited> => {
  const { idempotencyKey: key, ...input } = wish;
  return once(tx, { key, operation: "inviteMembers", input }, now, () => invite(tx, wish, sealer, now));
};

const invite = async (tx: Tx, wish: InvitationWish, sealer: Sealer, now: Date): Promise<Invited> => {
  if (wish.emails.length === 0 || wish.emails.length > MOST_AT_ONCE) {
    throw InvalidInputFault.of("emails", "OUT_OF_RANGE", `Give 1 to ${MOST_AT_ONCE} e-mail addresses.`);
  }
  const organisation = await organisationInScope(tx, wish.organisationId ?? homeOrganisation(tx.caller));
  requireActive(organisation);
  const { organisationId } = organisation;
  const roleIds = await offeredRoles(tx, organisation, wish.roleIds);
  await lockInvitationsOf(tx, organisationId);
  const { fitting, refused } = await sort(tx, organisationId, wishesOf(wish.emails), now);
  await requireRoom(tx, organisationId, fitting.length, now);
  if (refused.length > 0) await recordRefused(tx, organisationId, refused);
  const rows: InvitationRow[] = [];
  const terms = { organisationId, roleIds, invitedBy: personOf(tx.caller) };
  const offer = fitting.length > 0 ? await offerOf(tx, terms) : null;
  for (const { email } of fitting) {
    if (offer) rows.push(await issueInvitation(tx, { ...terms, email }, offer, sealer, now));
  }
  return { invitationIds: rows.map(({ id }) => id), refused };
};

const recordRefused = (tx: Tx, organisationId: string, refused: readonly Refusal[]): Promise<void> =>
  audit(tx, "organisations", {
    action: "member:invite",
    resource: "invitation",
    organisationId,
    after: { refused: refused.map(({ reason }) => reason) },
    outcome: "REFUSED",
    problem: "CONFLICT",
  });

/** Two who invite at once would count past each other, and run into each other's invitations. */
const lockInvitationsOf = async (tx: Tx, organisationId: string): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext(${`invitations ${organisationId}`}))`;
};

const sort = async (tx: Tx, organisationId: string, wishes: readonly Wish[], now: Date) => {
  // What is no e-mail may not even be a text that the database takes.
  const keys = wishes.filter(isEmail).map(({ key }) => key);
  await endOverdue(tx, organisationId, keys, now);
  const members = await emailsOfMembers(tx, organisationId, keys);
  const pending = await pendingByEmail(tx, organisationId, keys);
  const refused: Refusal[] = [];
  const fitting: Wish[] = [];
  for (const wish of wishes) {
    const { index, key } = wish;
    const conflictingId = pending.get(key) ?? null;
    const reason = !isEmail(wish) ? "MALFORMED" : members.has(key) ? "MEMBER" : conflictingId && "PENDING";
    if (reason) refused.push({ index, reason, conflictingId });
    else fitting.push(wish);
  }
  return { fitting, refused };
};

/** @throws RateLimitedFault when the organisation has sent too many within a day. */
const requireRoom = async (tx: Tx, organisationId: string, wanted: number, now: Date): Promise<void> => {
  const since = new Date(now.getTime() - 86_400_000).toISOString();
  const [row] = await tx.sql<{ sent: bigint; seconds: number }[]>`
    select coalesce(sum(times_sent), 0)::bigint as sent,
        coalesce(ceil(extract(epoch from min(created_at) - ${since}::timestamptz)), 60)::int as seconds
      from invitation where organisation_id = ${organisationId} and created_at > ${since}`;
  if (Number(row?.sent ?? 0n) + wanted > MOST_A_DAY) {
    throw new RateLimitedFault(
      Math.max(60, row?.seconds ?? 60),
      `An organisation sends at most ${MOST_A_DAY} invitations a day.`,
    );
  }
};
