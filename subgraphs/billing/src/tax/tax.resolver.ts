import { Arg, Ctx, Directive, Mutation, type OperationContext, outcome, Query, Resolver } from "@tollgate/kit/graphql";
import { listTaxRates, setTaxRate, taxRateByKey } from "./setting.js";
import { SetTaxRateInput, TaxRate, TaxRateResult } from "./tax.types.js";

@Resolver(() => TaxRate)
export class TaxRateResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["price:read"]])')
  @Directive("@listSize(assumedSize: 20)")
  @Query(() => [TaxRate], { nullable: true })
  taxRates(
    @Arg("country", () => String, { nullable: true }) country: string | null | undefined,
    @Ctx() context: OperationContext,
  ): Promise<TaxRate[]> {
    return context.read((tx) => listTaxRates(tx, country ?? null));
  }

  @Directive('@requiresScopes(scopes: [["price:manage"]])')
  @Mutation(() => TaxRateResult as never, {
    nullable: true,
    description: "From a date on; issued invoices keep theirs.",
  })
  setTaxRate(@Arg("input", () => SetTaxRateInput) input: SetTaxRateInput, @Ctx() context: OperationContext) {
    return outcome(TaxRateResult, async () => {
      const key = await context.write((tx) => setTaxRate(tx, input, this.clock()));
      return context.read((tx) => taxRateByKey(tx, key));
    });
  }
}
