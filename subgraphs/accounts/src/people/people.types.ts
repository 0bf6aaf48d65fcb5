import {
  connectionType,
  DateTime,
  Directive,
  Field,
  ForbiddenProblem,
  graphEnum,
  ID,
  InputType,
  Int,
  InvalidInputProblem,
  NotFoundProblem,
  ObjectType,
  PeriodInput,
  resultUnion,
} from "@tollgate/kit/graphql";
import { SIGN_IN_OUTCOMES } from "../sign-in/sign-in.schema.js";
import { User } from "../users/users.types.js";

export const SignInOutcome = graphEnum(
  "SignInOutcome",
  "TOKEN_REUSED: a rotated refresh token came again, so its session family ended.",
  ...SIGN_IN_OUTCOMES,
);

@Directive('@requiresScopes(scopes: [["signInAttempt:read"]])')
@ObjectType({ description: "A failed or successful attempt; user is null for an unknown e-mail." })
export class SignInAttempt {
  @Field(() => ID)
  id: string;

  @Field(() => DateTime)
  at: Date;

  @Field(() => String)
  email: string;

  @Field(() => SignInOutcome)
  outcome: keyof typeof SignInOutcome;

  @Field(() => String)
  address: string;

  @Field(() => String)
  userAgent: string;
}

export const SignInAttemptConnection = connectionType("SignInAttempt", () => SignInAttempt, { totalCount: false });

@InputType()
export class SignInAttemptFilter {
  @Field(() => ID, { nullable: true })
  organisationId?: string;

  @Field(() => ID, { nullable: true })
  userId?: string;

  @Field(() => [SignInOutcome], { nullable: true })
  outcome?: (keyof typeof SignInOutcome)[];

  @Field(() => String, { nullable: true })
  address?: string;

  @Field(() => PeriodInput, { nullable: true })
  period?: PeriodInput;
}

@ObjectType({ description: "People of an organisation and of all below it, counted." })
export class UserStatistics {
  @Field(() => Int)
  total: number;

  @Field(() => Int)
  active: number;

  @Field(() => Int)
  unverified: number;

  @Field(() => Int)
  deactivated: number;

  @Field(() => Int)
  erased: number;

  @Field(() => Int, { description: "Of those who are active." })
  withSecondFactor: number;

  @Field(() => Int, { description: "Active, and signed in within seven days." })
  signedInLastWeek: number;

  @Field(() => Int, { description: "Active, and signed in within thirty days." })
  signedInLastMonth: number;

  @Field(() => Int, { description: "Active, but never came." })
  neverSignedIn: number;

  @Field(() => DateTime, { nullable: true })
  lastSignedInAt: Date | null;
}

@ObjectType({ description: "The users in question, as they are now." })
export class Users {
  @Field(() => [User])
  users: User[];
}

export const UsersResult = resultUnion(
  "UsersResult",
  [Users],
  [NotFoundProblem, ForbiddenProblem, InvalidInputProblem],
);

@InputType()
export class DeactivateUsersInput {
  @Field(() => [ID])
  userIds: string[];

  @Field(() => String)
  reason: string;
}

@InputType()
export class ReactivateUsersInput {
  @Field(() => [ID])
  userIds: string[];
}

@InputType()
export class UnlockUserInput {
  @Field(() => ID)
  userId: string;
}

@InputType()
export class ResetSecondFactorInput {
  @Field(() => ID)
  userId: string;

  @Field(() => String)
  reason: string;
}

export const ResetSecondFactorResult = resultUnion(
  "ResetSecondFactorResult",
  [User],
  [NotFoundProblem, ForbiddenProblem, InvalidInputProblem],
);
