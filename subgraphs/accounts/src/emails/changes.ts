import {
  audit,
  type Caller,
  ConflictFault,
  type Database,
  explainConstraint,
  InvalidInputFault,
  RateLimitedFault,
  type RequestOrigin,
  type Sealer,
  systemCaller,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import type { PasswordConfirmation } from "../credentials/confirm.js";
import { user as users } from "../tables.js";
import { announceUser, mayEnter, type UserRow, userByEmail } from "../users/users.js";
import { endEmailTokens, issuedSince, issueEmailToken, openEmailToken } from "./email-tokens.js";
import { mailToUser, maskEmail, originFacts } from "./mails.js";

const HOUR = 3_600_000;
const LIFE_MILLISECONDS = 24 * HOUR;
export const MOST_CHANGES_AN_HOUR = 5;

const taken = () => new ConflictFault("Somebody uses this e-mail address already.");
explainConstraint("user_email_key", taken);

interface Tools {
  database: Database;
  confirmation: PasswordConfirmation;
  sealer: Sealer;
  clock: () => Date;
}

/** Another e-mail address for a user: a link to the new one, and nothing changes before it is opened. */
export class EmailChanges {
  constructor(private readonly tools: Tools) {}

  /**
   * Sends the link; the newest alone is good. An address that somebody has is answered alike and costs the same, but
   * gets a mail that says so instead: nobody learns who else is here.
   * @throws InvalidCredentialsFault for a wrong password; InvalidInputFault for the address that one has; RateLimitedFault.
   */
  async request(caller: Caller, newEmail: string, password: string): Promise<void> {
    const { database, confirmation, sealer, clock } = this.tools;
    const user = await confirmation.confirm(caller, password);
    if (newEmail.toLowerCase() === user.email.toLowerCase()) {
      throw InvalidInputFault.of("newEmail", "UNCHANGED", "This is the address that you have now.");
    }
    await database.write(systemCaller("change-email", caller), async (tx) => {
      const now = clock();
      await refuseTooMany(tx, user, now);
      await endEmailTokens(tx, user.id, now, "EMAIL_CHANGE");
      const asked = { purpose: "EMAIL_CHANGE", email: newEmail, life: LIFE_MILLISECONDS } as const;
      const { token, expiresAt } = await issueEmailToken(tx, user, asked, now);
      const holder = await userByEmail(tx, newEmail);
      if (holder) await mailToUser(tx, sealer, holder, { kind: "SIGN_UP_TAKEN", facts: { wanted: "EMAIL_CHANGE" } });
      else await mailToUser(tx, sealer, user, { kind: "EMAIL_CHANGE", to: newEmail, expiresAt, secret: token });
      await audit(tx, "accounts", {
        ...subject(user),
        action: "user:requestEmailChange",
        after: { email: maskEmail(newEmail) },
      });
    });
  }

  /**
   * Takes the new address into use, tells the old one, and ends links that were sent there.
   * @returns the address; null for a token that is none of these.
   * @throws ConflictFault when somebody has got the address meanwhile: the token proves that the asker may know.
   */
  confirm(origin: RequestOrigin, token: string): Promise<{ email: string } | null> {
    const { database, sealer, clock } = this.tools;
    return database.write(systemCaller("change-email", origin), async (tx) => {
      const now = clock();
      const opened = await openEmailToken(tx, "EMAIL_CHANGE", token, now);
      if (!opened || !(await mayEnter(tx, opened.user))) return null;
      const { row, user } = opened;
      if (await userByEmail(tx, row.email)) throw taken();
      const [changed] = await tx.db
        .update(users)
        .set({ email: row.email, emailVerified: true })
        .where(eq(users.id, user.id))
        .returning();
      if (!changed) throw new Error("update gave no row");
      await endEmailTokens(tx, user.id, now);
      await announceUser(tx, changed);
      const facts = { ...originFacts(tx.caller, now), newEmail: maskEmail(row.email) };
      await mailToUser(tx, sealer, user, { kind: "EMAIL_CHANGED", facts });
      await audit(tx, "accounts", {
        ...subject(user),
        action: "user:changeEmail",
        before: { email: user.email },
        after: { email: row.email },
      });
      return { email: row.email };
    });
  }
}

const subject = (user: UserRow) => ({
  resource: "user",
  resourceId: user.id,
  organisationId: user.organisationId,
  userId: user.id,
});

const refuseTooMany = async (tx: Tx, user: UserRow, now: Date): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext(${`change e-mail ${user.id}`}))`;
  const since = new Date(now.getTime() - HOUR);
  const { count, oldest } = await issuedSince(tx, user.id, "EMAIL_CHANGE", since);
  if (count < MOST_CHANGES_AN_HOUR || !oldest) return;
  throw new RateLimitedFault(Math.max(1, Math.ceil((oldest.getTime() - since.getTime()) / 1_000)));
};
