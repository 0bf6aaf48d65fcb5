import {
  audit,
  type Database,
  type RequestOrigin,
  readSetting,
  readSettings,
  systemCaller,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { type AttemptOutcome, openAttempt, refuseAttempt } from "../credentials/attempts.js";
import { LONGEST_PASSWORD } from "../credentials/confirm.js";
import { lockedUser } from "../emails/email-tokens.js";
import { type Channel, channelsOf } from "../factors/channels.js";
import { isTrusted } from "../factors/devices.js";
import { type SessionGrant, startSession } from "../sessions/sessions.js";
import type { RefreshTokens } from "../sessions/tokens.js";
import { signInAttempt, user as users } from "../tables.js";
import { mayEnter, type UserRow } from "../users/users.js";
import { type ChallengeRow, type CodeTools, issueChallenge, waitForRoom } from "./challenges.js";
import type { PasswordHasher } from "./hasher.js";
import { lockedUntil } from "./lockout.js";

/** A challenge with what its user can choose from. */
export interface OpenChallenge {
  challenge: ChallengeRow;
  user: UserRow;
  channels: readonly Channel[];
  /** For how many days a device may be remembered; 0: not at all. */
  rememberDays: number;
}

export type SignInAnswer =
  | { outcome: "SIGNED_IN"; grant: SessionGrant }
  | ({ outcome: "CHALLENGED" } & OpenChallenge)
  | { outcome: "TOO_MANY_CODES"; retryAfterSeconds: number }
  | { outcome: "REFUSED" };

interface Tools extends CodeTools {
  database: Database;
  hasher: PasswordHasher;
  tokens: RefreshTokens;
  clock: () => Date;
  newId: () => string;
}

/** A wrong password. Of an e-mail that nobody has as well, so that both ask the same of the database. */
const recordRefused = (tx: Tx, user: UserRow | null): Promise<void> =>
  audit(tx, "accounts", {
    action: "session:signIn",
    resource: "session",
    organisationId: user?.organisationId ?? null,
    userId: user?.id ?? null,
    outcome: "REFUSED",
    problem: "UNAUTHENTICATED",
  });

/** What happened on the way in, before there is a session. */
export const recordStep = (tx: Tx, user: UserRow, action: string, challenge: ChallengeRow): Promise<void> =>
  audit(tx, "accounts", {
    action,
    resource: "challenge",
    resourceId: challenge.id,
    organisationId: user.organisationId,
    userId: user.id,
    after: { channel: challenge.channel },
  });

/** Starts the session of somebody whose credentials were accepted. */
export const enter = async (
  tx: Tx,
  user: UserRow,
  { tokens, clock, newId }: Pick<Tools, "tokens" | "clock" | "newId">,
): Promise<SessionGrant> => {
  const now = clock();
  await tx.db.update(users).set({ lastSignedInAt: now }).where(eq(users.id, user.id));
  return startSession(tx, user, tokens, newId(), now);
};

/** The first step of the way in: e-mail and password, as an anonymous caller gives them. */
export class SignIn {
  constructor(private readonly tools: Tools) {}

  /**
   * Counts as a failure until the password has proved right, so that neither a crash nor a crowd of attempts at once gets
   * more tries. One hash is computed whatever the reason for a refusal.
   * @param deviceToken of a browser that was told to remember the second factor; null where there is none.
   * @throws RateLimitedFault for an address with too many failures, and when too many hashes wait.
   */
  async withPassword(
    origin: RequestOrigin,
    email: string,
    password: string,
    deviceToken: string | null,
  ): Promise<SignInAnswer> {
    const key = email.toLowerCase();
    const attempt = await this.write(origin, (tx) => openAttempt(tx, key));
    const { user } = attempt;
    const { hasher } = this.tools;
    const text = password.slice(0, LONGEST_PASSWORD);
    const isRight = user ? await hasher.verify(user.passwordHash, text) : await hasher.verifyNobody(text);
    const newHash = user && isRight && hasher.isOutdated(user.passwordHash) ? await hasher.hash(text) : null;
    if (!user || !isRight || attempt.isLocked || password.length > LONGEST_PASSWORD) {
      await this.write(origin, async (tx) => {
        await refuseAttempt(tx, key, attempt);
        await recordRefused(tx, user);
      });
      return { outcome: "REFUSED" };
    }
    const answer = await this.write(origin, async (tx) => {
      await lockedUntil(tx, key); // for its lock: sign-ins of one person come one after the other
      // Changed or reset while it was looked at: what was right then may be wrong now.
      const fresh = await lockedUser(tx, user.id);
      if (fresh?.passwordHash !== user.passwordHash) return null;
      if (newHash) await tx.db.update(users).set({ passwordHash: newHash }).where(eq(users.id, user.id));
      return this.accept(tx, attempt.id, fresh, deviceToken);
    });
    return answer ?? this.withPassword(origin, email, password, deviceToken);
  }

  private write<T>(origin: RequestOrigin, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tools.database.write(systemCaller("sign-in", origin), work);
  }

  private async accept(tx: Tx, attemptId: string, user: UserRow, deviceToken: string | null): Promise<SignInAnswer> {
    const settle = (outcome: AttemptOutcome) =>
      tx.db.update(signInAttempt).set({ outcome }).where(eq(signInAttempt.id, attemptId));
    if (user.status === "UNVERIFIED" || !(await mayEnter(tx, user))) {
      await settle(user.status === "UNVERIFIED" ? "UNVERIFIED" : "DEACTIVATED");
      await recordRefused(tx, user);
      return { outcome: "REFUSED" };
    }
    const keys = ["mfa.required", "mfa.rememberDeviceDays"] as const;
    const settings = await readSettings(tx, keys, user.organisationId);
    const rememberDays = settings["mfa.rememberDeviceDays"];
    const now = this.tools.clock();
    const needsCode = user.mfaEnabled || settings["mfa.required"];
    const isRemembered =
      needsCode && deviceToken !== null && (await isTrusted(tx, user.id, deviceToken, rememberDays, now));
    if (!needsCode || isRemembered) {
      await settle("SUCCEEDED");
      return { outcome: "SIGNED_IN", grant: await enter(tx, user, this.tools) };
    }
    await settle("CHALLENGED");
    return this.challenge(tx, user, rememberDays, now);
  }

  private async challenge(tx: Tx, user: UserRow, rememberDays: number, now: Date): Promise<SignInAnswer> {
    const channels = await channelsOf(tx, user);
    const [channel] = channels;
    const wait = channel === "AUTHENTICATOR" ? 0 : await waitForRoom(tx, user.id, now);
    if (wait > 0) {
      await recordRefused(tx, user);
      return { outcome: "TOO_MANY_CODES", retryAfterSeconds: wait };
    }
    const challenge = await issueChallenge(tx, user, channel, this.tools, now);
    await recordStep(tx, user, "session:challenge", challenge);
    return { outcome: "CHALLENGED", challenge, user, channels, rememberDays };
  }
}

/** For how many days a user's devices may be remembered; 0: not at all. */
export const rememberDaysOf = (tx: Tx, user: UserRow): Promise<number> =>
  readSetting(tx, "mfa.rememberDeviceDays", user.organisationId);
