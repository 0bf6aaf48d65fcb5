import { audit, type Database, type RequestOrigin, type Sealer, systemCaller, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { type AttemptOutcome, noteAttempt, openAttempt, refuseAttempt } from "../credentials/attempts.js";
import { LONGEST_PASSWORD } from "../credentials/confirm.js";
import { type SessionGrant, startSession } from "../sessions/sessions.js";
import type { RefreshTokens } from "../sessions/tokens.js";
import { signInAttempt, user as users } from "../tables.js";
import { mayEnter, type UserRow, userById } from "../users/users.js";
import {
  type ChallengeRow,
  type Codes,
  consume,
  issueChallenge,
  openChallenge,
  reissueChallenge,
  spendTry,
} from "./challenges.js";
import type { PasswordHasher } from "./hasher.js";

export type SignedInOr<Problem> = { outcome: "SIGNED_IN"; grant: SessionGrant } | Problem;

export type SignInAnswer = SignedInOr<
  { outcome: "CHALLENGED"; challenge: ChallengeRow; user: UserRow } | { outcome: "REFUSED" }
>;

export type VerifyAnswer = SignedInOr<
  { outcome: "WRONG_CODE"; attemptsLeft: number } | { outcome: "EXPIRED"; resendsLeft: number } | { outcome: "UNKNOWN" }
>;

export type ResendAnswer =
  | { outcome: "SENT"; challenge: ChallengeRow; user: UserRow }
  | { outcome: "TOO_EARLY"; retryAfterSeconds: number }
  | { outcome: "UNKNOWN" };

interface Tools {
  database: Database;
  hasher: PasswordHasher;
  codes: Codes;
  sealer: Sealer;
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
const recordStep = (tx: Tx, user: UserRow, action: string, challengeId: string): Promise<void> =>
  audit(tx, "accounts", {
    action,
    resource: "challenge",
    resourceId: challengeId,
    organisationId: user.organisationId,
    userId: user.id,
  });

/** Password first, then a one-time code: the whole way in, as an anonymous caller goes it. */
export class SignIn {
  constructor(private readonly tools: Tools) {}

  /**
   * The first step. Counts as a failure until the password has proved right, so that neither a crash nor a crowd of
   * attempts at once gets more tries. One hash is computed whatever the reason for a refusal.
   * @throws RateLimitedFault for an address with too many failures, and when too many hashes wait.
   */
  async withPassword(origin: RequestOrigin, email: string, password: string): Promise<SignInAnswer> {
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
    return this.write(origin, (tx) => this.accept(tx, attempt.id, user, newHash));
  }

  /** The second step: the code. */
  withCode(origin: RequestOrigin, challengeId: string, code: string): Promise<VerifyAnswer> {
    const { codes, clock } = this.tools;
    return this.write(origin, async (tx): Promise<VerifyAnswer> => {
      const challenge = await openChallenge(tx, challengeId);
      if (!challenge || challenge.attemptsLeft <= 0) return { outcome: "UNKNOWN" };
      const user = await userById(tx, challenge.userId);
      const now = clock();
      if (challenge.expiresAt <= now) {
        await noteAttempt(tx, user, "EXPIRED_CODE");
        return { outcome: "EXPIRED", resendsLeft: challenge.resendsLeft };
      }
      if (!codes.matches(challenge, code.trim())) {
        await noteAttempt(tx, user, "WRONG_CODE");
        return { outcome: "WRONG_CODE", attemptsLeft: await spendTry(tx, challenge) };
      }
      if (!(await mayEnter(tx, user))) return { outcome: "UNKNOWN" };
      await consume(tx, challenge, now);
      return { outcome: "SIGNED_IN", grant: await this.enter(tx, user) };
    });
  }

  /** Another code for the same challenge: at most three times, 30 seconds apart. */
  resend(origin: RequestOrigin, challengeId: string): Promise<ResendAnswer> {
    const { codes, sealer, clock } = this.tools;
    return this.write(origin, async (tx): Promise<ResendAnswer> => {
      const challenge = await openChallenge(tx, challengeId);
      if (!challenge || challenge.resendsLeft <= 0) return { outcome: "UNKNOWN" };
      const now = clock();
      const wait = Math.ceil((challenge.resendAllowedAt.getTime() - now.getTime()) / 1000);
      if (wait > 0) return { outcome: "TOO_EARLY", retryAfterSeconds: wait };
      const user = await userById(tx, challenge.userId);
      const reissued = await reissueChallenge(tx, challenge, user, codes, sealer, now);
      await recordStep(tx, user, "session:resendCode", challenge.id);
      return { outcome: "SENT", challenge: reissued, user };
    });
  }

  private write<T>(origin: RequestOrigin, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tools.database.write(systemCaller("sign-in", origin), work);
  }

  private async accept(tx: Tx, attemptId: string, user: UserRow, newHash: string | null): Promise<SignInAnswer> {
    const { codes, sealer, clock } = this.tools;
    const outcome: AttemptOutcome =
      user.status === "UNVERIFIED"
        ? "UNVERIFIED"
        : !(await mayEnter(tx, user))
          ? "DEACTIVATED"
          : user.mfaEnabled
            ? "CHALLENGED"
            : "SUCCEEDED";
    await tx.db.update(signInAttempt).set({ outcome }).where(eq(signInAttempt.id, attemptId));
    if (newHash) await tx.db.update(users).set({ passwordHash: newHash }).where(eq(users.id, user.id));
    if (outcome === "CHALLENGED") {
      const challenge = await issueChallenge(tx, user, codes, sealer, clock());
      await recordStep(tx, user, "session:challenge", challenge.id);
      return { outcome, challenge, user };
    }
    if (outcome !== "SUCCEEDED") return { outcome: "REFUSED" };
    return { outcome: "SIGNED_IN", grant: await this.enter(tx, user, false) };
  }

  private async enter(tx: Tx, user: UserRow, note = true): Promise<SessionGrant> {
    const { tokens, clock, newId } = this.tools;
    const now = clock();
    if (note) await noteAttempt(tx, user, "SUCCEEDED");
    await tx.db.update(users).set({ lastSignedInAt: now }).where(eq(users.id, user.id));
    return startSession(tx, user, tokens, newId(), now);
  }
}
