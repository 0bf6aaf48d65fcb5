import {
  announce,
  audit,
  type Database,
  ForbiddenFault,
  hashOfToken,
  newEventId,
  newToken,
  type RequestOrigin,
  readSetting,
  type Sealer,
  systemCaller,
  type Tx,
} from "@tollgate/kit";
import { and, eq, gt } from "drizzle-orm";
import { mailToUser } from "../emails/mails.js";
import { checkPassword } from "../passwords/rules.js";
import type { PasswordHasher } from "../sign-in/hasher.js";
import { signUp as signUps } from "../tables.js";
import { userByEmail } from "../users/users.js";
import {
  beginRegistration,
  EmailTaken,
  operatorId,
  type RegistrationRow,
  registrationOf,
  settledRegistration,
} from "./registrations.js";
import { countRequest, namesOf } from "./rules.js";
import type { Watch } from "./waiting.js";
import { forgetOlder, newestOf, ofEmail, requireRoom, type SignUpRow } from "./waiting-sign-ups.js";

export interface SignUpWish {
  email: string;
  password: string;
  displayName: string;
  organisationName: string;
  locale?: string | null | undefined;
  timeZone?: string | null | undefined;
}

const LIFE_MILLISECONDS = 7 * 86_400_000;
const RESEND_MILLISECONDS = 60_000;
const MOST_SENT = 5;
const RESUMABLE_MILLISECONDS = 3_600_000;
const USUAL_LOCALE = "en-ZA";
const USUAL_TIME_ZONE = "Africa/Johannesburg";

interface Tools {
  database: Database;
  hasher: PasswordHasher;
  sealer: Sealer;
  watch: Watch;
  clock: () => Date;
  /** What was committed shall go out at once. */
  wake: () => void;
}

/** Whether anybody may sign up: the operator's word. */
export const isSignUpOpen = (tx: Tx): Promise<boolean> => readSetting(tx, "signUp.open", null);

/**
 * From a form on a public page to the owner of a new organisation. Nobody is a user before the link in the mail was
 * opened: until then an e-mail is nobody's, and whoever typed it keeps nobody else from using it.
 */
export class SigningUp {
  constructor(private readonly tools: Tools) {}

  /**
   * Answers and works alike whether somebody has the e-mail or not; the mail tells the truth.
   * @throws ForbiddenFault while sign-up is closed, WeakPasswordFault, InvalidInputFault, RateLimitedFault.
   */
  async signUp(origin: RequestOrigin, wish: SignUpWish): Promise<void> {
    const { email, password } = wish;
    if (!(await this.tools.database.read(systemCaller("sign-up", origin), isSignUpOpen))) {
      throw new ForbiddenFault("Signing up is closed. Ask for an invitation.", "POLICY");
    }
    const names = namesOf({ displayName: wish.displayName, organisationName: wish.organisationName });
    await this.write(origin, (tx) => countRequest(tx, "SIGN_UP", email, this.tools.clock()));
    await checkPassword(password, { email, ...names });
    const passwordHash = await this.tools.hasher.hash(password);
    await this.write(origin, (tx) => this.keep(tx, { ...wish, ...names, passwordHash }));
    this.tools.wake();
  }

  /** The link once more, with a new token, where there is a fresh sign-up; nobody learns whether there is one. */
  async resend(origin: RequestOrigin, email: string): Promise<void> {
    await this.write(origin, async (tx) => {
      const now = this.tools.clock();
      await countRequest(tx, "VERIFICATION", email, now);
      const row = await newestOf(tx, email, now);
      if (row) await this.renew(tx, row, now);
      await audit(tx, "accounts", {
        action: "user:requestVerification",
        resource: "signUp",
        organisationId: await operatorId(tx),
        after: { email },
      });
    });
    this.tools.wake();
  }

  /**
   * The link was opened: makes the user, and waits for its organisation. The same link again gives the same answer.
   * @returns the address that is verified now; null when the token opens nothing here (any more).
   * @throws ConflictFault when somebody has the e-mail by now, UnavailableFault while organisations does not answer.
   */
  async confirm(origin: RequestOrigin, token: string): Promise<{ email: string } | null> {
    const registration = await this.write(origin, (tx) => this.begin(tx, hashOfToken(token)));
    this.tools.wake();
    if (!registration) return null;
    const look = () =>
      this.tools.database.read(systemCaller("sign-up", origin), (tx) => settledRegistration(tx, registration.userId));
    const settled = await this.tools.watch.until(look, origin.deadline);
    return settled.state === "ENTERABLE" ? { email: settled.user.email } : null;
  }

  private async keep(tx: Tx, wish: SignUpWish & { passwordHash: string }): Promise<void> {
    const now = this.tools.clock();
    const { email, displayName, organisationName, passwordHash, locale, timeZone } = wish;
    await requireRoom(tx);
    const owner = await userByEmail(tx, email);
    const { token, hash } = newToken();
    const [row] = await tx.db
      .insert(signUps)
      .values({
        email,
        displayName,
        organisationName,
        passwordHash,
        locale: locale ?? tx.caller.locale ?? USUAL_LOCALE,
        timeZone: timeZone ?? USUAL_TIME_ZONE,
        tokenHash: hash,
        isTaken: owner !== null,
        address: tx.caller.address,
        createdAt: now,
        expiresAt: new Date(now.getTime() + LIFE_MILLISECONDS),
        sentAt: now,
      })
      .returning();
    if (!row) throw new Error("insert gave no row");
    await forgetOlder(tx, email);
    if (owner) await mailToUser(tx, this.tools.sealer, owner, { kind: "SIGN_UP_TAKEN" });
    else await this.mailLink(tx, row, token);
    await audit(tx, "accounts", {
      action: "user:signUp",
      resource: "signUp",
      resourceId: row.id,
      organisationId: await operatorId(tx),
      after: { email, displayName, organisationName },
    });
  }

  private async renew(tx: Tx, row: SignUpRow, now: Date): Promise<void> {
    if (row.timesSent >= MOST_SENT || now.getTime() - row.sentAt.getTime() < RESEND_MILLISECONDS) return;
    const { token, hash } = newToken();
    await tx.db
      .update(signUps)
      .set({ tokenHash: hash, sentAt: now, timesSent: row.timesSent + 1 })
      .where(eq(signUps.id, row.id));
    await this.mailLink(tx, row, token);
  }

  private async begin(tx: Tx, tokenHash: string): Promise<RegistrationRow | null> {
    const now = this.tools.clock();
    const [row] = await tx.db
      .select()
      .from(signUps)
      .where(and(eq(signUps.tokenHash, tokenHash), eq(signUps.isTaken, false), gt(signUps.expiresAt, now)))
      .for("update");
    // Looked for after the lock: whoever was quicker has committed by then.
    const begun = await registrationOf(tx, tokenHash);
    if (begun) return now.getTime() - begun.createdAt.getTime() <= RESUMABLE_MILLISECONDS ? begun : null;
    if (!row) return null;
    const { email, displayName, organisationName, passwordHash, locale, timeZone } = row;
    if (await userByEmail(tx, email)) throw new EmailTaken();
    const person = { email, displayName, passwordHash, locale, timeZone };
    const registration = await beginRegistration(tx, person, { organisationName }, tokenHash, now);
    await tx.db.delete(signUps).where(ofEmail(email));
    return registration;
  }

  private async mailLink(tx: Tx, row: SignUpRow, token: string): Promise<void> {
    const id = newEventId();
    const organisationId = await operatorId(tx);
    await announce(tx, "mail.requested", {
      id,
      aggregateId: row.id,
      organisationId,
      payload: {
        kind: "EMAIL_VERIFICATION",
        userId: null,
        organisationId,
        to: row.email,
        displayName: row.displayName,
        locale: row.locale,
        expiresAt: row.expiresAt,
        facts: { organisationName: row.organisationName },
      },
      sealed: this.tools.sealer.seal(token, id),
    });
  }

  private write<T>(origin: RequestOrigin, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tools.database.write(systemCaller("sign-up", origin), work);
  }
}
