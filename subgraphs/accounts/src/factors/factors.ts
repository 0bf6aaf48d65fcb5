import {
  audit,
  type Caller,
  type Database,
  ForbiddenFault,
  InvalidInputFault,
  readSetting,
  requirePerson,
  systemCaller,
  type Tx,
} from "@tollgate/kit";
import { eq } from "drizzle-orm";
import type { PasswordConfirmation } from "../credentials/confirm.js";
import { endChallenges } from "../sign-in/challenges.js";
import { user as users } from "../tables.js";
import { type UserRow, userById } from "../users/users.js";
import {
  type AuthenticatorSetup,
  beginSetup,
  confirmSetup,
  forgetAuthenticator,
  hasAuthenticator,
} from "./authenticator.js";
import { tellFactorChange } from "./changes.js";
import { type Channel, isWhatsAppReady } from "./channels.js";
import { forgetDevices } from "./devices.js";
import { forgetRecoveryCodes, replaceRecoveryCodes } from "./recovery-codes.js";
import type { FactorSecrets } from "./secrets.js";

export interface FactorWish {
  enabled: boolean;
  channel: Channel;
  password: string;
}

export type ConfirmAnswer =
  | { outcome: "CONFIRMED"; codes: string[] }
  | { outcome: "WRONG_CODE"; triesLeft: number }
  | { outcome: "EXPIRED" };

interface Tools {
  database: Database;
  confirmation: PasswordConfirmation;
  secrets: FactorSecrets;
  clock: () => Date;
}

/** A person's own second factor. All but the confirmation of an app asks for the password first. */
export class Factors {
  constructor(private readonly tools: Tools) {}

  /**
   * Switches codes on or off and chooses how they come. An authenticator app is forgotten when another channel is chosen:
   * a lost phone must not stay a way in. Off, its recovery codes end as well.
   * @throws InvalidCredentialsFault for a wrong password; ForbiddenFault for off where the organisation requires codes;
   *   InvalidInputFault for a channel that cannot reach the person.
   */
  async configure(caller: Caller, { enabled, channel, password }: FactorWish): Promise<UserRow> {
    await this.tools.confirmation.confirm(caller, password);
    return this.change(caller, async (tx, person, now) => {
      if (!enabled && (await readSetting(tx, "mfa.required", person.organisationId))) {
        throw new ForbiddenFault("Your organisation requires a second factor.", "POLICY");
      }
      await requireReachable(tx, person, channel);
      const before = { enabled: person.mfaEnabled, channel: person.mfaChannel };
      const after = { enabled, channel };
      if (channel !== "AUTHENTICATOR") await forgetAuthenticator(tx, person.id);
      if (!enabled) await forgetRecoveryCodes(tx, person.id);
      await this.use(tx, person, after, now);
      await tellFactorChange(tx, person, "configureMfa", inWords(after), now, { before, after });
      return userById(tx, person.id);
    });
  }

  /** @throws InvalidCredentialsFault for a wrong password. */
  async startAuthenticator(caller: Caller, password: string): Promise<AuthenticatorSetup> {
    await this.tools.confirmation.confirm(caller, password);
    return this.change(caller, async (tx, person, now) => {
      const setup = await beginSetup(tx, person, this.tools.secrets, now);
      await audit(tx, "accounts", { ...trailOf(person), action: "user:startAuthenticator" });
      return setup;
    });
  }

  /** Takes the app into use, with ten recovery codes: the setup asked for the password minutes ago. */
  confirmAuthenticator(caller: Caller, code: string): Promise<ConfirmAnswer> {
    const { secrets } = this.tools;
    return this.change(caller, async (tx, person, now): Promise<ConfirmAnswer> => {
      const answer = await confirmSetup(tx, person.id, code.trim(), secrets, now);
      if (answer.outcome !== "CONFIRMED") {
        const refused = { outcome: "REFUSED", problem: "UNAUTHENTICATED" } as const;
        await audit(tx, "accounts", { ...trailOf(person), action: "user:confirmAuthenticator", ...refused });
        return answer;
      }
      const before = { enabled: person.mfaEnabled, channel: person.mfaChannel };
      const after = { enabled: true, channel: "AUTHENTICATOR" } as const;
      await this.use(tx, person, after, now);
      const codes = await replaceRecoveryCodes(tx, person, secrets, now);
      await tellFactorChange(tx, person, "confirmAuthenticator", inWords(after), now, { before, after });
      return { outcome: "CONFIRMED", codes };
    });
  }

  /** @throws InvalidCredentialsFault for a wrong password. */
  async renewRecoveryCodes(caller: Caller, password: string): Promise<string[]> {
    await this.tools.confirmation.confirm(caller, password);
    return this.change(caller, async (tx, person, now) => {
      const codes = await replaceRecoveryCodes(tx, person, this.tools.secrets, now);
      await tellFactorChange(tx, person, "renewRecoveryCodes", "your recovery codes were renewed", now);
      return codes;
    });
  }

  /** Within a transaction that has the person locked: two changes at once come one after the other. */
  private change<T>(caller: Caller, work: (tx: Tx, person: UserRow, now: Date) => Promise<T>): Promise<T> {
    const { userId } = requirePerson(caller);
    const { database, clock } = this.tools;
    return database.write(systemCaller("second-factor", caller), async (tx) => {
      await tx.db.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("update");
      return work(tx, await userById(tx, userId), clock());
    });
  }

  /** What was asked and remembered before counts no longer. */
  private async use(tx: Tx, person: UserRow, factor: { enabled: boolean; channel: Channel }, now: Date): Promise<void> {
    await tx.db
      .update(users)
      .set({ mfaEnabled: factor.enabled, mfaChannel: factor.channel })
      .where(eq(users.id, person.id));
    await endChallenges(tx, person.id, now);
    await forgetDevices(tx, person.id);
  }
}

const trailOf = ({ id, organisationId }: UserRow) => ({
  resource: "user",
  resourceId: id,
  organisationId,
  userId: id,
});

const requireReachable = async (tx: Tx, person: UserRow, channel: Channel): Promise<void> => {
  if (channel === "AUTHENTICATOR" && !(await hasAuthenticator(tx, person.id))) {
    throw InvalidInputFault.of("channel", "NOT_SET_UP", "Set up an authenticator app first.");
  }
  if (channel === "WHATSAPP" && person.phone === null) {
    throw InvalidInputFault.of("channel", "NO_PHONE", "Add your phone number to your profile first.");
  }
  if (channel === "WHATSAPP" && !(await isWhatsAppReady(tx))) {
    throw InvalidInputFault.of("channel", "NOT_AVAILABLE", "Codes cannot be sent by WhatsApp at the moment.");
  }
};

const BY = { EMAIL: "by e-mail", WHATSAPP: "by WhatsApp", AUTHENTICATOR: "from an authenticator app" };

const inWords = ({ enabled, channel }: { enabled: boolean; channel: Channel }): string =>
  enabled ? `codes now come ${BY[channel]}` : "codes at sign-in were switched off";
