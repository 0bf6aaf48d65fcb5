import { type Database, hashOfToken, type RequestOrigin, systemCaller, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { noteAttempt, openAttempt, refuseAttempt } from "../credentials/attempts.js";
import { checkPassword, LONGEST_PASSWORD } from "../passwords/rules.js";
import { type SessionGrant, startSession } from "../sessions/sessions.js";
import type { RefreshTokens } from "../sessions/tokens.js";
import type { PasswordHasher } from "../sign-in/hasher.js";
import { registration as registrations, signInAttempt, user as users } from "../tables.js";
import { type UserRow, userByEmail, userById } from "../users/users.js";
import { invitationOf, type OpenInvitation } from "./open-invitations.js";
import {
  beginRegistration,
  EmailTaken,
  type NewPerson,
  type RegistrationRow,
  registrationBy,
  registrationOf,
  settledRegistration,
} from "./registrations.js";
import { namesOf } from "./rules.js";
import type { Watch } from "./waiting.js";

export interface Acceptance {
  token: string;
  password: string;
  displayName: string;
  phone?: string | null | undefined;
  locale?: string | null | undefined;
  timeZone?: string | null | undefined;
}

/** INVALID: the token opens nothing (any more), never why. */
export type AcceptAnswer = { outcome: "SIGNED_IN"; grant: SessionGrant } | { outcome: "INVALID" };

export interface AcceptingTools {
  database: Database;
  hasher: PasswordHasher;
  tokens: RefreshTokens;
  watch: Watch;
  clock: () => Date;
  newId: () => string;
  /** What was committed shall go out at once. */
  wake: () => void;
}

/** Within this time the same call again takes up what was interrupted; afterwards one signs in with the password. */
const RESUMABLE_MILLISECONDS = 3_600_000;
const INVALID = { outcome: "INVALID" } as const;

/**
 * From a mailed token to a person who is signed in: the user here, the membership in organisations, or neither. Each
 * step can be the last one before a crash; the same call again, with the same password, goes on from there.
 */
export class Accepting {
  constructor(private readonly tools: AcceptingTools) {}

  /**
   * @throws WeakPasswordFault, InvalidInputFault, ConflictFault for an e-mail that somebody has, UnavailableFault while
   *   organisations does not answer: nothing is lost then.
   */
  async accept(origin: RequestOrigin, wish: Acceptance): Promise<AcceptAnswer> {
    const tokenHash = hashOfToken(wish.token);
    const known = await this.find(origin, tokenHash);
    if (known?.registration) return this.resume(origin, known.registration, wish.password);
    if (!known) return INVALID;
    const { displayName } = namesOf({ displayName: wish.displayName });
    const { email } = known.invitation;
    await checkPassword(wish.password, { email, displayName });
    const passwordHash = await this.tools.hasher.hash(wish.password);
    const { phone = null, locale = null, timeZone = null } = wish;
    const begun = await this.begin(origin, tokenHash, { email, displayName, passwordHash, phone, locale, timeZone });
    if (begun === null) return INVALID;
    if (begun.isOthers) return this.resume(origin, begun.registration, wish.password);
    return this.finish(origin, begun.registration.userId);
  }

  /** What a token leads to: a registration that it began, or an invitation that is open. */
  private find(origin: RequestOrigin, tokenHash: string) {
    return this.read(origin, async (tx) => {
      const registration = await registrationOf(tx, tokenHash);
      if (registration) return { registration, invitation: null };
      const invitation = await invitationOf(tx, tokenHash, this.tools.clock(), false);
      if (!invitation || (await registrationBy(tx, invitation.invitationId))) return null;
      // Before any work is done for it; the one who asks holds the proof that the address is theirs.
      if (await userByEmail(tx, invitation.email)) throw new EmailTaken();
      return { registration: null, invitation };
    });
  }

  private async begin(origin: RequestOrigin, tokenHash: string, person: NewPerson) {
    const begun = await this.write(origin, async (tx) => {
      const now = this.tools.clock();
      const invitation = await invitationOf(tx, tokenHash, now, true);
      const quicker = await registrationOf(tx, tokenHash);
      if (quicker) return { registration: quicker, isOthers: true };
      if (!invitation || (await registrationBy(tx, invitation.invitationId))) return null;
      return {
        registration: await beginRegistration(tx, person, originOf(invitation), tokenHash, now),
        isOthers: false,
      };
    });
    this.tools.wake();
    return begun;
  }

  /** Goes on for whoever began it, which the password shows. A wrong one counts like a failed sign-in. */
  private async resume(origin: RequestOrigin, row: RegistrationRow, password: string): Promise<AcceptAnswer> {
    const age = this.tools.clock().getTime() - row.createdAt.getTime();
    if (row.signedInAt !== null || age > RESUMABLE_MILLISECONDS) return INVALID;
    const opened = await this.write(origin, async (tx) => {
      const [person] = await tx.db.select().from(users).where(eq(users.id, row.userId));
      if (!person || person.status === "ERASED") return null;
      return { person, attempt: await openAttempt(tx, person.email.toLowerCase()) };
    });
    if (!opened) return INVALID;
    const { person, attempt } = opened;
    const isRight = await this.tools.hasher.verify(person.passwordHash, password.slice(0, LONGEST_PASSWORD));
    if (!isRight || attempt.isLocked || password.length > LONGEST_PASSWORD) {
      await this.write(origin, (tx) => refuseAttempt(tx, person.email.toLowerCase(), attempt));
      return INVALID;
    }
    await this.write(origin, (tx) => tx.db.delete(signInAttempt).where(eq(signInAttempt.id, attempt.id)));
    return this.finish(origin, row.userId);
  }

  /** Waits for the membership, then lets the person in: once. */
  private async finish(origin: RequestOrigin, userId: string): Promise<AcceptAnswer> {
    const look = () => this.read(origin, (tx) => settledRegistration(tx, userId));
    const settled = await this.tools.watch.until(look, origin.deadline);
    if (settled.state === "ENDED") return INVALID;
    const grant = await this.write(origin, (tx) => this.enter(tx, userId));
    this.tools.wake();
    return grant ? { outcome: "SIGNED_IN", grant } : INVALID;
  }

  private async enter(tx: Tx, userId: string): Promise<SessionGrant | null> {
    const { tokens, clock, newId } = this.tools;
    const [row] = await tx.db.select().from(registrations).where(eq(registrations.userId, userId)).for("update");
    if (!row || row.signedInAt !== null) return null;
    const now = clock();
    const person: UserRow = await userById(tx, userId);
    await tx.db.update(registrations).set({ signedInAt: now }).where(eq(registrations.userId, userId));
    await tx.db.update(users).set({ lastSignedInAt: now }).where(eq(users.id, userId));
    await noteAttempt(tx, person, "SUCCEEDED");
    return startSession(tx, person, tokens, newId(), now);
  }

  private read<T>(origin: RequestOrigin, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tools.database.read(systemCaller("accept-invitation", origin), work);
  }

  private write<T>(origin: RequestOrigin, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tools.database.write(systemCaller("accept-invitation", origin), work);
  }
}

const originOf = ({ organisationId, invitationId }: OpenInvitation) => ({ organisationId, invitationId });
