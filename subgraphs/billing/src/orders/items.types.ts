import type { Money as Amount, Currency } from "@tollgate/kit";
import { CurrencyScalar, Field, ID, InputType, Int, Money, ObjectType } from "@tollgate/kit/graphql";
import { OrderLineInput } from "../catalogue/pricing.resolver.js";

@ObjectType({ description: "Some of one catalogue item." })
export class OrderLine {
  itemId: string;

  @Field(() => Int)
  quantity: number;

  @Field(() => Money)
  unitPrice: Amount;

  @Field(() => Money, { description: "quantity x unitPrice: without discounts and tax." })
  amount: Amount;
}

/** A line as the graph shows it. */
export const shownLine = (
  { itemId, quantity, unitPrice, amount }: { itemId: string; quantity: number; unitPrice: bigint; amount: bigint },
  currency: Currency,
): OrderLine =>
  Object.assign(new OrderLine(), {
    itemId,
    quantity,
    unitPrice: { minorUnits: unitPrice, currency },
    amount: { minorUnits: amount, currency },
  });

@InputType({ description: "Exactly one of quoteId and items." })
export class OrderItemsInput {
  @Field(() => ID, { nullable: true })
  organisationId?: string | null;

  @Field(() => ID, { nullable: true })
  quoteId?: string | null;

  @Field(() => [OrderLineInput], { nullable: true })
  items?: OrderLineInput[] | null;

  @Field(() => CurrencyScalar, { nullable: true })
  currency?: Currency | null;

  @Field(() => String)
  idempotencyKey: string;
}
