import { Field, ObjectType, Problem, ProblemFault } from "@tollgate/kit/graphql";

@ObjectType({ implements: Problem, description: "Unknown, ended, used up or not for this (INVALID_INPUT)." })
export class CouponProblem extends Problem {
  @Field(() => String)
  couponCode: string;
}

/** Which of the reasons it is nobody is told: codes are not to be guessed. */
export class CouponFault extends ProblemFault {
  constructor(private readonly couponCode: string) {
    super("INVALID_INPUT", "This coupon cannot be used here.");
  }

  problem(): Problem {
    const { code, message, couponCode } = this;
    return Object.assign(new CouponProblem(), { code, message, couponCode });
  }
}
