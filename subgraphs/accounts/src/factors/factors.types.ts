import {
  DateTime,
  Field,
  ForbiddenProblem,
  InputType,
  InvalidInputProblem,
  ObjectType,
  resultUnion,
} from "@tollgate/kit/graphql";
import { ExpiredCodeProblem, InvalidCodeProblem, InvalidCredentialsProblem } from "../sign-in/sign-in.types.js";
import { MfaChannel, User } from "../users/users.types.js";

@ObjectType({ description: "The secret and its otpauth address for a QR code." })
export class AuthenticatorSetup {
  @Field(() => String)
  secret: string;

  @Field(() => String)
  otpauthUrl: string;

  @Field(() => DateTime)
  expiresAt: Date;
}

@ObjectType({ description: "Shown once, single use each." })
export class RecoveryCodes {
  @Field(() => [String])
  codes: string[];
}

export const ConfigureMfaResult = resultUnion(
  "ConfigureMfaResult",
  [User],
  [InvalidCredentialsProblem, ForbiddenProblem, InvalidInputProblem],
);
export const StartAuthenticatorResult = resultUnion(
  "StartAuthenticatorResult",
  [AuthenticatorSetup],
  [InvalidCredentialsProblem],
);
export const RecoveryCodesResult = resultUnion(
  "RecoveryCodesResult",
  [RecoveryCodes],
  [InvalidCodeProblem, ExpiredCodeProblem, InvalidCredentialsProblem],
);

@InputType()
export class ConfigureMfaInput {
  @Field(() => Boolean)
  enabled: boolean;

  @Field(() => MfaChannel)
  channel: keyof typeof MfaChannel;

  @Field(() => String)
  password: string;
}

@InputType()
export class StartAuthenticatorInput {
  @Field(() => String)
  password: string;
}

@InputType()
export class ConfirmAuthenticatorInput {
  @Field(() => String)
  code: string;
}

@InputType()
export class RenewRecoveryCodesInput {
  @Field(() => String)
  password: string;
}
