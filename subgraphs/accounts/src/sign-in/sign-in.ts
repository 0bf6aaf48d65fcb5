import {
  announce,
  audit,
  type Database,
  RateLimitedFault,
  type RequestOrigin,
  type Sealer,
  systemCaller,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { type SessionGrant, startSession } from "../sessions/sessions.js";
import type { RefreshTokens } from "../sessions/tokens.js";
import { signInAttempt, user as users } from "../tables.js";
import { mayEnter, type UserRow, userByEmail, userById } from "../users/users.js";
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
import { addressWait, lockedUntil } from "./lockout.js";

type Outcome = (typeof signInAttempt.$inferSelect)["outcome"];

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

interface Attempt {
  id: string;
  user: UserRow | null;
  isLocked: boolean;
}

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
    const attempt = await this.write(origin, (tx) => this.open(tx, key));
    const { user } = attempt;
    const { hasher } = this.tools;
    // Argon2 takes long texts slowly: nobody has a password that long, so it is not worth the time of one.
    const text = password.slice(0, 128);
    const isRight = user ? await hasher.verify(user.passwordHash, text) : await hasher.verifyNobody(text);
    const newHash = user && isRight && hasher.isOutdated(user.passwordHash) ? await hasher.hash(text) : null;
    if (!user || !isRight || attempt.isLocked || password.length > 128) {
      await this.write(origin, (tx) => this.refuse(tx, key, attempt));
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
        await this.note(tx, user, "EXPIRED_CODE");
        return { outcome: "EXPIRED", resendsLeft: challenge.resendsLeft };
      }
      if (!codes.matches(challenge, code.trim())) {
        await this.note(tx, user, "WRONG_CODE");
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
      return { outcome: "SENT", challenge: await reissueChallenge(tx, challenge, user, codes, sealer, now), user };
    });
  }

  private write<T>(origin: RequestOrigin, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tools.database.write(systemCaller("sign-in", origin), work);
  }

  /** Notes the attempt as a failure of the kind it would be. */
  private async open(tx: Tx, email: string): Promise<Attempt> {
    const wait = await addressWait(tx, tx.caller.address);
    if (wait > 0) throw new RateLimitedFault(wait, "Too many failed sign-ins from this address.");
    const until = await lockedUntil(tx, email);
    const user = await userByEmail(tx, email);
    const outcome: Outcome = until ? "LOCKED_OUT" : user ? "WRONG_PASSWORD" : "UNKNOWN_EMAIL";
    const id = await this.note(tx, user, outcome, email);
    return { id, user, isLocked: until !== null };
  }

  /** Tells a user whose account this failure has locked. Asks the same of the database for an e-mail that nobody has. */
  private async refuse(tx: Tx, email: string, { user, isLocked }: Attempt): Promise<void> {
    const until = await lockedUntil(tx, email);
    if (!user || !until || isLocked) return;
    const { id: userId, organisationId } = user;
    await announce(tx, "user.lockedOut", {
      aggregateId: userId,
      organisationId,
      payload: { userId, organisationId, until },
    });
    await audit(tx, "accounts", {
      action: "user:lockOut",
      resource: "user",
      resourceId: userId,
      organisationId,
      userId,
      after: { until },
    });
  }

  private async accept(tx: Tx, attemptId: string, user: UserRow, newHash: string | null): Promise<SignInAnswer> {
    const { codes, sealer, clock } = this.tools;
    const outcome: Outcome =
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
      return { outcome, challenge: await issueChallenge(tx, user, codes, sealer, clock()), user };
    }
    if (outcome !== "SUCCEEDED") return { outcome: "REFUSED" };
    return { outcome: "SIGNED_IN", grant: await this.enter(tx, user, false) };
  }

  private async enter(tx: Tx, user: UserRow, note = true): Promise<SessionGrant> {
    const { tokens, clock, newId } = this.tools;
    const now = clock();
    if (note) await this.note(tx, user, "SUCCEEDED");
    await tx.db.update(users).set({ lastSignedInAt: now }).where(eq(users.id, user.id));
    return startSession(tx, user, tokens, newId(), now);
  }

  private async note(
    tx: Tx,
    user: UserRow | null,
    outcome: Outcome,
    email = user?.email.toLowerCase() ?? "",
  ): Promise<string> {
    const organisationId = user?.organisationId ?? (await operatorId(tx));
    const [row] = await tx.db
      .insert(signInAttempt)
      .values({
        organisationId,
        userId: user?.id ?? null,
        email: email.slice(0, 254),
        outcome,
        address: tx.caller.address,
        userAgent: tx.caller.userAgent,
      })
      .returning({ id: signInAttempt.id });
    if (!row) throw new Error("insert gave no row");
    return row.id;
  }
}

/** What belongs to nobody is kept for the operator to see. */
const operatorId = async (tx: Tx): Promise<string> => {
  const [row] = await tx.sql<
    { organisation_id: string }[]
  >`select organisation_id from tenancy where parent_id is null`;
  if (!row) throw new Error("the tree is empty");
  return row.organisation_id;
};
