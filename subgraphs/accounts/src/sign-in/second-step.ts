import {
  audit,
  type Database,
  InvalidInputFault,
  RateLimitedFault,
  type RequestOrigin,
  systemCaller,
  type Tx,
} from "@tollgate/kit";
import { noteAttempt, refuseAttempt } from "../credentials/attempts.js";
import { lockedUser } from "../emails/email-tokens.js";
import { takeAuthenticatorCode } from "../factors/authenticator.js";
import { tellFactorChange } from "../factors/changes.js";
import { type Channel, channelsOf } from "../factors/channels.js";
import { type DeviceToken, trustDevice } from "../factors/devices.js";
import { recoveryCodesLeft, takeRecoveryCode } from "../factors/recovery-codes.js";
import type { FactorSecrets } from "../factors/secrets.js";
import type { SessionGrant } from "../sessions/sessions.js";
import type { RefreshTokens } from "../sessions/tokens.js";
import { mayEnter, type UserRow, userById } from "../users/users.js";
import {
  type ChallengeRow,
  type CodeTools,
  consume,
  openChallenge,
  ownerOfChallenge,
  reissueChallenge,
  spendTry,
  waitForRoom,
} from "./challenges.js";
import { addressWait, codeWait, lockedUntil } from "./lockout.js";
import { enter, type OpenChallenge, recordStep, rememberDaysOf } from "./sign-in.js";

export type VerifyAnswer =
  | { outcome: "SIGNED_IN"; grant: SessionGrant; device: DeviceToken | null }
  | { outcome: "WRONG_CODE"; attemptsLeft: number }
  | { outcome: "EXPIRED"; resendsLeft: number }
  | { outcome: "UNKNOWN" };

export type ResendAnswer =
  | ({ outcome: "SENT" } & OpenChallenge)
  | { outcome: "TOO_EARLY"; retryAfterSeconds: number }
  | { outcome: "UNKNOWN" };

/** What somebody answers a challenge with. */
export interface Answer {
  challengeId: string;
  code: string | null;
  recoveryCode: string | null;
  rememberDevice: boolean;
}

interface Tools extends CodeTools {
  database: Database;
  factors: FactorSecrets;
  tokens: RefreshTokens;
  clock: () => Date;
  newId: () => string;
}

interface Waiting {
  challenge: ChallengeRow;
  user: UserRow;
  /** Whether the account was locked before. */
  isLocked: boolean;
}

/** The second step of the way in: the one-time code, or a recovery code in its place. */
export class SecondStep {
  constructor(private readonly tools: Tools) {}

  /**
   * Takes a code once. Wrong ones count for the challenge and for the account, however many challenges are open.
   * @throws InvalidInputFault unless exactly one of the two codes is given; RateLimitedFault after too many failures of
   *   the account's codes, or of the address.
   */
  verify(origin: RequestOrigin, answer: Answer): Promise<VerifyAnswer> {
    if ((answer.code === null) === (answer.recoveryCode === null)) {
      throw InvalidInputFault.of("code", "EXACTLY_ONE", "Give either a code or a recovery code.");
    }
    return this.write(origin, async (tx): Promise<VerifyAnswer> => {
      const wait = await addressWait(tx, tx.caller.address);
      if (wait > 0) throw new RateLimitedFault(wait, "Too many failed sign-ins from this address.");
      const waiting = await this.find(tx, answer.challengeId);
      if (!waiting) return { outcome: "UNKNOWN" };
      const { challenge, user } = waiting;
      const pause = await codeWait(tx, user.email.toLowerCase(), user.unlockedAt);
      if (pause > 0) throw new RateLimitedFault(pause, "Too many wrong codes.");
      if (challenge.expiresAt <= this.tools.clock()) {
        await noteAttempt(tx, user, "EXPIRED_CODE");
        return { outcome: "EXPIRED", resendsLeft: challenge.resendsLeft };
      }
      if (!(await this.isRight(tx, waiting, answer))) return this.refuse(tx, waiting);
      if (!(await mayEnter(tx, user))) return { outcome: "UNKNOWN" };
      return this.accept(tx, waiting, answer);
    });
  }

  /** Another code for the same challenge, perhaps by another channel of the user: at most three times, 30 seconds apart. */
  resend(origin: RequestOrigin, challengeId: string, wish: Channel | null): Promise<ResendAnswer> {
    return this.write(origin, async (tx): Promise<ResendAnswer> => {
      const waiting = await this.find(tx, challengeId);
      if (!waiting || waiting.challenge.resendsLeft <= 0 || !(await mayEnter(tx, waiting.user))) {
        return { outcome: "UNKNOWN" };
      }
      const { challenge, user } = waiting;
      const now = this.tools.clock();
      const tooEarly = Math.ceil((challenge.resendAllowedAt.getTime() - now.getTime()) / 1_000);
      if (tooEarly > 0) return { outcome: "TOO_EARLY", retryAfterSeconds: tooEarly };
      const channels = await channelsOf(tx, user);
      const channel = chosen(channels, wish, challenge.channel);
      const tooMany = channel === "AUTHENTICATOR" ? 0 : await waitForRoom(tx, user.id, now);
      if (tooMany > 0) return { outcome: "TOO_EARLY", retryAfterSeconds: tooMany };
      const renewed = await reissueChallenge(tx, challenge, user, channel, this.tools, now);
      await recordStep(tx, user, "session:resendCode", renewed);
      return { outcome: "SENT", challenge: renewed, user, channels, rememberDays: await rememberDaysOf(tx, user) };
    });
  }

  private write<T>(origin: RequestOrigin, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tools.database.write(systemCaller("sign-in", origin), work);
  }

  /** An open challenge with its user. The person is locked before the challenge, as it is wherever challenges end. */
  private async find(tx: Tx, challengeId: string): Promise<Waiting | null> {
    const userId = await ownerOfChallenge(tx, challengeId);
    if (userId === null) return null;
    const { email } = await userById(tx, userId);
    const isLocked = (await lockedUntil(tx, email.toLowerCase())) !== null;
    const user = await lockedUser(tx, userId);
    const challenge = await openChallenge(tx, challengeId);
    return challenge && user && { challenge, user, isLocked };
  }

  private async isRight(tx: Tx, { challenge, user }: Waiting, { code, recoveryCode }: Answer): Promise<boolean> {
    const { codes, factors, clock } = this.tools;
    if (recoveryCode !== null) return takeRecoveryCode(tx, user, recoveryCode, factors, clock());
    const digits = (code ?? "").trim();
    if (challenge.channel === "AUTHENTICATOR") return takeAuthenticatorCode(tx, user.id, digits, factors, clock());
    return codes.matches(challenge, digits);
  }

  private async refuse(tx: Tx, { challenge, user, isLocked }: Waiting): Promise<VerifyAnswer> {
    await noteAttempt(tx, user, "WRONG_CODE");
    await refuseAttempt(tx, user.email.toLowerCase(), { user, isLocked });
    await audit(tx, "accounts", {
      action: "session:signIn",
      resource: "challenge",
      resourceId: challenge.id,
      organisationId: user.organisationId,
      userId: user.id,
      outcome: "REFUSED",
      problem: "UNAUTHENTICATED",
    });
    return { outcome: "WRONG_CODE", attemptsLeft: await spendTry(tx, challenge) };
  }

  private async accept(tx: Tx, { challenge, user }: Waiting, answer: Answer): Promise<VerifyAnswer> {
    const now = this.tools.clock();
    await consume(tx, challenge, now);
    await noteAttempt(tx, user, "SUCCEEDED");
    if (answer.recoveryCode !== null) {
      const left = (await recoveryCodesLeft(tx, [user.id])).get(user.id) ?? 0;
      await tellFactorChange(
        tx,
        user,
        "useRecoveryCode",
        `a recovery code was used to sign in; ${left} are left`,
        now,
        {
          after: { left },
        },
      );
    }
    const days = answer.rememberDevice ? await rememberDaysOf(tx, user) : 0;
    const device = days > 0 ? await trustDevice(tx, user, days, now) : null;
    return { outcome: "SIGNED_IN", grant: await enter(tx, user, this.tools), device };
  }
}

/** The channel that was asked for, else the one before as long as it is there. */
const chosen = (channels: readonly [Channel, ...Channel[]], wish: Channel | null, before: Channel): Channel => {
  if (wish === null) return channels.includes(before) ? before : channels[0];
  if (channels.includes(wish)) return wish;
  throw InvalidInputFault.of("channel", "NOT_AVAILABLE", "Codes cannot be sent to you that way.");
};
