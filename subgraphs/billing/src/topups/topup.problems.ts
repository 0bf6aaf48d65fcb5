import { type Money as Amount, type Currency, formatMoney } from "@tollgate/kit";
import { Field, Money, ObjectType, Problem, ProblemFault } from "@tollgate/kit/graphql";
import type { ProviderLimits } from "../providers/provider.js";
import type { Provider } from "./topup.schema.js";
import { PaymentProvider } from "./topup.types.js";

@ObjectType({
  implements: Problem,
  description: "Below or above the provider's limits in this currency (INVALID_INPUT).",
})
export class AmountLimitProblem extends Problem {
  @Field(() => Money)
  minimum: Amount;

  @Field(() => Money)
  maximum: Amount;
}

@ObjectType({
  implements: Problem,
  description: "The provider refused or does not answer (UNAVAILABLE); nothing was moved.",
})
export class ProviderProblem extends Problem {
  @Field(() => PaymentProvider)
  provider: Provider;
}

export class AmountLimitFault extends ProblemFault {
  private readonly minimum: Amount;
  private readonly maximum: Amount;

  constructor({ minimum, maximum }: ProviderLimits, currency: Currency) {
    const lowest = { minorUnits: minimum, currency };
    const highest = { minorUnits: maximum, currency };
    super("INVALID_INPUT", `An amount from ${formatMoney(lowest)} to ${formatMoney(highest)} is possible.`);
    this.minimum = lowest;
    this.maximum = highest;
  }

  problem(): Problem {
    const { code, message, minimum, maximum } = this;
    return Object.assign(new AmountLimitProblem(), { code, message, minimum, maximum });
  }
}

/** A provider that is not set up here, refuses, or does not answer. */
export class ProviderFault extends ProblemFault {
  constructor(
    private readonly provider: Provider,
    message: string,
  ) {
    super("UNAVAILABLE", message);
  }

  problem(): Problem {
    const { code, message, provider } = this;
    return Object.assign(new ProviderProblem(), { code, message, provider });
  }
}
