import { type Money as Amount, formatMoney } from "@tollgate/kit";
import { DateTime, Field, Money, ObjectType, Problem, ProblemFault } from "@tollgate/kit/graphql";
import type { FundsCheck } from "../ledger/funds.js";

@ObjectType({
  implements: Problem,
  description: "available, needed and shortfall of the wallet at that moment; nothing was moved (INSUFFICIENT_FUNDS).",
})
export class InsufficientFundsProblem extends Problem {
  walletId: string;

  @Field(() => Money)
  available: Amount;

  @Field(() => Money)
  needed: Amount;

  @Field(() => Money)
  shortfall: Amount;
}

@ObjectType({
  implements: Problem,
  description: "The quote's price is no longer frozen (CONFLICT); create a new one.",
})
export class QuoteExpiredProblem extends Problem {
  @Field(() => DateTime)
  expiredAt: Date;
}

/** There is not enough money for the runway of what was asked for. */
export class InsufficientFundsFault extends ProblemFault {
  constructor(
    private readonly funds: Pick<FundsCheck, "available" | "needed" | "shortfall">,
    private readonly walletId: string,
  ) {
    super("INSUFFICIENT_FUNDS", `This needs ${formatMoney(funds.shortfall)} more in the wallet.`);
  }

  problem(): Problem {
    const { available, needed, shortfall } = this.funds;
    const { code, message, walletId } = this;
    return Object.assign(new InsufficientFundsProblem(), { code, message, walletId, available, needed, shortfall });
  }
}

export class QuoteExpiredFault extends ProblemFault {
  constructor(private readonly expiredAt: Date) {
    super("CONFLICT", "The price of this quote is no longer frozen; make a new one.");
  }

  problem(): Problem {
    const { code, message, expiredAt } = this;
    return Object.assign(new QuoteExpiredProblem(), { code, message, expiredAt });
  }
}
