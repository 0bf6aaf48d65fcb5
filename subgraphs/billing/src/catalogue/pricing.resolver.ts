import { type Currency, homeOrganisation } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  CurrencyScalar,
  Directive,
  Field,
  ID,
  InputType,
  Int,
  type OperationContext,
  Query,
  Resolver,
} from "@tollgate/kit/graphql";
import { PriceBreakdown, shownBreakdown } from "../prices/config.types.js";
import { priceItems } from "./pricing.js";
import { sellersFor } from "./reading.js";

@InputType()
export class OrderLineInput {
  @Field(() => ID)
  itemId: string;

  @Field(() => Int)
  quantity: number;
}

@InputType()
export class PriceItemsInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => [OrderLineInput])
  items: OrderLineInput[];

  @Field(() => CurrencyScalar, { nullable: true })
  currency?: Currency | null;
}

@Resolver()
export class PricingResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["catalogue:read"]])')
  @Directive('@tag(name: "partner")')
  @Query(() => PriceBreakdown, {
    nullable: true,
    description: "Prices many catalogue items at once; of a service its first period.",
  })
  async priceItems(
    @Arg("input", () => PriceItemsInput) { organisationId, items, currency }: PriceItemsInput,
    @Ctx() context: OperationContext,
  ): Promise<PriceBreakdown> {
    const buyer = organisationId ?? homeOrganisation(context.caller);
    // Whoever sells something may see what it comes to, too.
    const { price } = await context.read((tx) =>
      priceItems(tx, buyer, items, currency ?? null, this.clock(), sellersFor),
    );
    return shownBreakdown(price);
  }
}
