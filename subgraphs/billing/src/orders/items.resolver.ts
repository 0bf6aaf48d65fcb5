import { homeOrganisation, NotFoundFault } from "@tollgate/kit";
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
import { CatalogueItem, shownItem } from "../catalogue/catalogue.types.js";
import { itemsById } from "../catalogue/reading.js";
import { linesOfOrders, orderItems } from "./items.js";
import { OrderItemsInput, OrderLine, shownLine } from "./items.types.js";
import { Order, OrderResult, shownOrder } from "./order.types.js";
import { ordersById } from "./orders.js";

@Resolver(() => Order)
export class OrderItemsResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["order:place"]])')
  @Directive('@tag(name: "partner")')
  @Mutation(() => OrderResult as never, {
    nullable: true,
    description: "Orders products of the catalogue, paid from the wallet at once.",
  })
  orderItems(@Arg("input", () => OrderItemsInput) input: OrderItemsInput, @Ctx() context: OperationContext) {
    const { items, idempotencyKey, currency } = input;
    const organisationId = input.organisationId ?? homeOrganisation(context.caller);
    const wish = { organisationId, items, idempotencyKey, currency: currency ?? null };
    return outcome(OrderResult, async () => {
      const id = await context.write((tx) => orderItems(tx, wish, this.clock()));
      const row = await context.loader(ordersById).load(id);
      if (!row) throw new NotFoundFault("order", id);
      return shownOrder(row);
    });
  }

  @FieldResolver(() => [OrderLine])
  async items(@Root() { row }: Order, @Ctx() context: OperationContext): Promise<OrderLine[]> {
    const lines = await context.loader(linesOfOrders).load(row.id);
    return (lines ?? []).map((line) => shownLine(line, row.currency));
  }
}

@Resolver(() => OrderLine)
export class OrderLineResolver {
  @FieldResolver(() => CatalogueItem, { nullable: true })
  async item(@Root() { itemId }: OrderLine, @Ctx() context: OperationContext): Promise<CatalogueItem | null> {
    const found = await context.loader(itemsById).load(itemId);
    return found && shownItem(found);
  }
}
