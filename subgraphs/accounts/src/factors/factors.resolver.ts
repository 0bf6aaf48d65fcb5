import { readSettingOfEach, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Mutation,
  type OperationContext,
  outcome,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { ExpiredCodeProblem, InvalidCodeProblem } from "../sign-in/sign-in.types.js";
import { Mfa } from "../users/users.types.js";
import { type Channel, isWhatsAppReady } from "./channels.js";
import type { ConfirmAnswer, Factors } from "./factors.js";
import {
  ConfigureMfaInput,
  ConfigureMfaResult,
  ConfirmAuthenticatorInput,
  RecoveryCodesResult,
  RenewRecoveryCodesInput,
  StartAuthenticatorInput,
  StartAuthenticatorResult,
} from "./factors.types.js";
import { recoveryCodesLeft } from "./recovery-codes.js";

@Resolver()
export class FactorsResolver {
  constructor(private readonly factors: Factors) {}

  @Directive("@authenticated")
  @Mutation(() => ConfigureMfaResult as never, {
    nullable: true,
    description:
      "Switches one-time codes on or off and chooses the channel; off is FORBIDDEN where the organisation requires them.",
  })
  configureMfa(@Arg("input", () => ConfigureMfaInput) input: ConfigureMfaInput, @Ctx() context: OperationContext) {
    return outcome(ConfigureMfaResult, () => this.change(context, () => this.factors.configure(context.caller, input)));
  }

  @Directive("@authenticated")
  @Mutation(() => StartAuthenticatorResult as never, {
    nullable: true,
    description: "A new TOTP secret, shown once; not in use before confirmAuthenticator.",
  })
  startAuthenticator(
    @Arg("input", () => StartAuthenticatorInput) { password }: StartAuthenticatorInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(StartAuthenticatorResult, () =>
      this.change(context, () => this.factors.startAuthenticator(context.caller, password)),
    );
  }

  @Directive("@authenticated")
  @Mutation(() => RecoveryCodesResult as never, {
    nullable: true,
    description: "Takes the authenticator app into use and gives ten recovery codes, shown once.",
  })
  confirmAuthenticator(
    @Arg("input", () => ConfirmAuthenticatorInput) { code }: ConfirmAuthenticatorInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(RecoveryCodesResult, async () =>
      shown(await this.change(context, () => this.factors.confirmAuthenticator(context.caller, code))),
    );
  }

  @Directive("@authenticated")
  @Mutation(() => RecoveryCodesResult as never, {
    nullable: true,
    description: "Ten new recovery codes; the old ones end.",
  })
  renewRecoveryCodes(
    @Arg("input", () => RenewRecoveryCodesInput) { password }: RenewRecoveryCodesInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(RecoveryCodesResult, async () => ({
      codes: await this.change(context, () => this.factors.renewRecoveryCodes(context.caller, password)),
    }));
  }

  /** Commits past the context: whoever waits for events shall look, and what was read before is old. */
  private async change<T>(context: OperationContext, work: () => Promise<T>): Promise<T> {
    await context.finish();
    try {
      return await work();
    } finally {
      context.wake();
    }
  }
}

const shown = (answer: ConfirmAnswer) => {
  const code = "UNAUTHENTICATED" as const;
  if (answer.outcome === "CONFIRMED") return { codes: answer.codes };
  if (answer.outcome === "EXPIRED") {
    const message = "This setup is too old. Please start again.";
    return Object.assign(new ExpiredCodeProblem(), { code, message, resendsLeft: 0 });
  }
  const message = "This code is wrong.";
  return Object.assign(new InvalidCodeProblem(), { code, message, attemptsLeft: answer.triesLeft });
};

const requirementOf = (tx: Tx, organisationIds: readonly string[]): Promise<Map<string, boolean>> =>
  readSettingOfEach(tx, "mfa.required", organisationIds);

const readyChannels = async (tx: Tx): Promise<Map<Channel, boolean>> =>
  new Map([["WHATSAPP", await isWhatsAppReady(tx)]]);

@Resolver(() => Mfa)
export class MfaResolver {
  @FieldResolver(() => Boolean)
  async requiredByOrganisation(@Root() mfa: Mfa, @Ctx() context: OperationContext): Promise<boolean> {
    return (await context.loader(requirementOf).load(mfa.organisationId)) ?? false;
  }

  @FieldResolver()
  async availableChannels(@Root() { channel, phone }: Mfa, @Ctx() context: OperationContext): Promise<Channel[]> {
    const byWhatsApp = phone !== null && (await context.loader(readyChannels).load("WHATSAPP")) === true;
    return ["EMAIL", ...(byWhatsApp ? (["WHATSAPP"] as const) : []), ...(channel === "AUTHENTICATOR" ? [channel] : [])];
  }

  @FieldResolver()
  async recoveryCodesLeft(@Root() mfa: Mfa, @Ctx() context: OperationContext): Promise<number> {
    return (await context.loader(recoveryCodesLeft).load(mfa.userId)) ?? 0;
  }
}
