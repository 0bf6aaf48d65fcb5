import { announce, audit, type RequestOrigin, systemCaller, type Tx } from "@tollgate/kit";
import type { DeliveredEvent, ResetRequest } from "@tollgate/kit/protocol";
import { eq, sql } from "drizzle-orm";
import { issueEmailToken, openEmailToken } from "../emails/email-tokens.js";
import { InvalidTokenFault } from "../emails/emails.problems.js";
import { mailToUser, originFacts } from "../emails/mails.js";
import { user as users } from "../tables.js";
import { mayEnter, userByEmail } from "../users/users.js";
import { hashOfNew, keepPassword, type PasswordTools } from "./passwords.js";
import { countResetRequest } from "./reset-requests.js";

const RESET_LIFE_MILLISECONDS = 30 * 60_000;

/** A forgotten password: a link by mail, and a new password by that link. */
export class PasswordResets {
  constructor(private readonly tools: PasswordTools) {}

  /**
   * Takes the wish down and answers; whether anybody has the e-mail is looked up later, by `send`, so that neither
   * the answer nor its time can tell.
   * @throws RateLimitedFault for an e-mail or an address that asks too often.
   */
  async request(origin: RequestOrigin, email: string): Promise<void> {
    const key = email.toLowerCase();
    await this.write(origin, async (tx) => {
      const at = this.tools.clock();
      await countResetRequest(tx, key, at);
      const { address, userAgent } = tx.caller;
      await announce(tx, "passwordReset.requested", {
        aggregateId: null,
        organisationId: null,
        payload: { email: key, address, userAgent, at },
      });
    });
  }

  /** Sends the link, where there is somebody to send it to. Links sent before stay good until they end or one is used. */
  async send(tx: Tx, event: DeliveredEvent): Promise<void> {
    const { email, at, ...origin } = event.payload as ResetRequest; // the catalogue's type for this event
    const user = await userByEmail(tx, email);
    if (!user || !(await mayEnter(tx, user))) return;
    const asked = { purpose: "PASSWORD_RESET", email: user.email, life: RESET_LIFE_MILLISECONDS } as const;
    const { token, expiresAt } = await issueEmailToken(tx, user, asked, this.tools.clock());
    const facts = originFacts(origin, at);
    await mailToUser(tx, this.tools.sealer, user, { kind: "PASSWORD_RESET", expiresAt, facts, secret: token });
    await audit(tx, "accounts", {
      action: "user:requestPasswordReset",
      resource: "user",
      resourceId: user.id,
      organisationId: user.organisationId,
      after: { address: origin.address, until: expiresAt },
    });
  }

  /**
   * Puts a new password in place by a link: once. Ends all sessions and lifts a lock-out, since whoever reads the mail
   * of the account is its owner. Nothing is scored or hashed for a link that is not good.
   * @returns how many sessions ended.
   * @throws InvalidTokenFault; WeakPasswordFault, which leaves the link good; RateLimitedFault.
   */
  async reset(origin: RequestOrigin, token: string, password: string): Promise<number> {
    const { hasher, sealer, clock } = this.tools;
    const { user } = await this.write(origin, (tx) => this.open(tx, token));
    const passwordHash = await hashOfNew(hasher, user, password);
    return this.write(origin, async (tx) => {
      const opened = await this.open(tx, token);
      const now = clock();
      const sessionsEnded = await keepPassword(tx, opened.user, { passwordHash, exceptSessionId: null }, sealer, now);
      await tx.db.update(users).set({ unlockedAt: sql`now()`, emailVerified: true }).where(eq(users.id, user.id));
      await audit(tx, "accounts", {
        action: "user:resetPassword",
        resource: "user",
        resourceId: user.id,
        organisationId: user.organisationId,
        userId: user.id,
        after: { sessionsEnded },
      });
      return sessionsEnded;
    });
  }

  private async open(tx: Tx, token: string) {
    const opened = await openEmailToken(tx, "PASSWORD_RESET", token, this.tools.clock());
    if (!opened || !(await mayEnter(tx, opened.user))) throw new InvalidTokenFault();
    return opened;
  }

  private write<T>(origin: RequestOrigin, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tools.database.write(systemCaller("reset-password", origin), work);
  }
}
