import { homeOrganisation, InvalidInputFault, NotFoundFault, organisationInScope, requireId } from "@tollgate/kit";
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
import { linesOfOrders, orderItems, orderQuotedItems } from "./items.js";
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
    description: "Orders products of the catalogue, from a quote or directly, paid from the wallet at once.",
  })
  orderItems(@Arg("input", () => OrderItemsInput) input: OrderItemsInput, @Ctx() context: OperationContext) {
    const { items = null, quoteId = null, idempotencyKey, currency = null } = input;
    const organisationId = input.organisationId ?? homeOrganisation(context.caller);
    return outcome(OrderResult, async () => {
      const id = await context.write(async (tx) => {
        // Whose it would be comes first: a foreign organisation looks the same whatever else is wrong.
        await organisationInScope(tx, requireId("organisation", organisationId));
        if ((items === null) === (quoteId === null)) {
          throw InvalidInputFault.of("items", "EXACTLY_ONE", "Order items, or what a quote is for: one of both.");
        }
        if (quoteId !== null) return orderQuotedItems(tx, quoteId, idempotencyKey, this.clock());
        return orderItems(tx, { organisationId, items: items ?? [], idempotencyKey, currency }, this.clock());
      });
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
