import { Field, graphEnum, Int, ObjectType, Problem } from "@tollgate/kit/graphql";

export const PasswordReason = graphEnum(
  "PasswordReason",
  "Why a password was refused.",
  "TOO_SHORT",
  "TOO_LONG",
  "NO_UPPER_CASE",
  "NO_LOWER_CASE",
  "NO_DIGIT",
  "NO_SPECIAL",
  "COMMON",
  "CONTAINS_PERSONAL_DATA",
  "TOO_GUESSABLE",
  "SAME_AS_OLD",
);

@ObjectType({
  implements: Problem,
  description: "Password refused (INVALID_INPUT); score is zxcvbn's 0-4 and must be 3.",
})
export class WeakPasswordProblem extends Problem {
  @Field(() => [PasswordReason])
  reasons: (keyof typeof PasswordReason)[];

  @Field(() => Int)
  score: number;
}
