import {
  homeOrganisation,
  NotFoundFault,
  organisationReferences,
  type Receipts,
  type Together,
  type Tx,
} from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { Organisation, User, Vm } from "../entities.js";
import { Hold, shownHold } from "../ledger/hold.types.js";
import { holdsById } from "../ledger/holds.js";
import { LISTED, ListArguments, shown } from "../lists.js";
import { Quote, shownQuote } from "../quotes/quote.types.js";
import { quotesById } from "../quotes/quotes.js";
import { shownWallet, Wallet } from "../wallet/wallet.types.js";
import { walletsById } from "../wallet/wallets.js";
import { InsufficientFundsProblem } from "./order.problems.js";
import { ORDER_STATES } from "./order.schema.js";
import {
  CancelOrderInput,
  Order,
  OrderConnection,
  OrderFilterInput,
  OrderResult,
  OrderVmInput,
  shownOrder,
} from "./order.types.js";
import { cancelOrder, countOrders, listOrders, type OrderFilter, ordersById } from "./orders.js";
import { type OrderWish, orderVms } from "./placing.js";

const PARTNER = '@tag(name: "partner")';
const READS_ORDERS = '@requiresScopes(scopes: [["order:read"]])';
const PLACES_ORDERS = '@requiresScopes(scopes: [["order:place"]])';

@ArgsType()
class OrdersArguments extends ListArguments {
  @Field(() => OrderFilterInput, { nullable: true })
  filter?: OrderFilterInput | null;
}

const filterOf = (given: OrderFilterInput | null | undefined): OrderFilter => {
  const { organisationId = null, period = null, kind = null, state } = given ?? {};
  return { organisationId, period, kind, state: state ? ORDER_STATES.filter((one) => state.includes(one)) : null };
};

@Resolver(() => Order)
export class OrderResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly receipts: Receipts,
  ) {}

  private readonly placeOrders: Together<OrderWish, string> = (tx, asked) =>
    orderVms(tx, asked, this.receipts, this.clock());

  @Directive(READS_ORDERS)
  @Directive(PARTNER)
  @Query(() => Order, { nullable: true })
  order(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<Order> {
    return this.read(id, context);
  }

  @Directive(READS_ORDERS)
  @Directive(PARTNER)
  @Directive(LISTED)
  @Query(() => OrderConnection, { nullable: true })
  orders(@Args(() => OrdersArguments) { filter, ...page }: OrdersArguments, @Ctx() context: OperationContext) {
    const wanted = filterOf(filter);
    const count = () => context.read((tx) => countOrders(tx, wanted));
    return context.read(async (tx) => shown(await listOrders(tx, page, wanted, count), shownOrder));
  }

  @Directive(PLACES_ORDERS)
  @Directive(PARTNER)
  @Mutation(() => OrderResult as never, {
    nullable: true,
    description:
      "Accepts the quote, places the hold and writes the order in one transaction. Without funds nothing happens.",
  })
  orderVm(@Arg("input", () => OrderVmInput) input: OrderVmInput, @Ctx() context: OperationContext) {
    // Whoever orders much at once waits for one wallet: together they are done at once.
    const lane = `orders of ${homeOrganisation(context.caller)}`;
    return outcome(OrderResult, async () =>
      this.read(await context.writeTogether(lane, this.placeOrders, { ...input }), context),
    );
  }

  @Directive(PLACES_ORDERS)
  @Directive(PARTNER)
  @Mutation(() => OrderResult as never, {
    nullable: true,
    description:
      "Until the hypervisor starts: CANCELLING, then CANCELLED with the hold released, or COMPLETED when it was too late.",
  })
  cancelOrder(@Arg("input", () => CancelOrderInput) input: CancelOrderInput, @Ctx() context: OperationContext) {
    return this.change(context, (tx, at) => cancelOrder(tx, input.orderId, input.idempotencyKey, at));
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { row }: Order): Organisation {
    return { id: row.organisationId };
  }

  @FieldResolver(() => Organisation, { nullable: true })
  async seller(@Root() { row }: Order, @Ctx() context: OperationContext) {
    // Those who buy see nothing of organisations above them.
    return row.sellerId === null ? null : await context.loader(organisationReferences).load(row.sellerId);
  }

  @FieldResolver(() => Quote, { nullable: true })
  async quote(@Root() { row }: Order, @Ctx() context: OperationContext): Promise<Quote | null> {
    const found = row.quoteId === null ? null : await context.loader(quotesById).load(row.quoteId);
    return found && shownQuote(found, this.clock());
  }

  @FieldResolver(() => Hold, { nullable: true })
  async hold(@Root() { row }: Order, @Ctx() context: OperationContext): Promise<Hold | null> {
    const found = row.holdId === null ? null : await context.loader(holdsById).load(row.holdId);
    return found && shownHold(found, row.currency);
  }

  @FieldResolver(() => Vm, { nullable: true })
  vm(@Root() { row }: Order): Vm | null {
    return row.vmId === null ? null : { id: row.vmId };
  }

  @FieldResolver(() => User, { nullable: true })
  placedBy(@Root() { row }: Order): User | null {
    return row.placedBy === null ? null : { id: row.placedBy };
  }

  private change(context: OperationContext, work: (tx: Tx, at: Date) => Promise<string>) {
    return outcome(OrderResult, async () => {
      const id = await context.write((tx) => work(tx, this.clock()));
      return this.read(id, context);
    });
  }

  private async read(id: string, context: OperationContext): Promise<Order> {
    const row = await context.loader(ordersById).load(id);
    if (!row) throw new NotFoundFault("order", id);
    return shownOrder(row);
  }
}

@Resolver(() => Hold)
export class HoldResolver {
  @FieldResolver(() => Order, { nullable: true })
  async order(@Root() { row }: Hold, @Ctx() context: OperationContext): Promise<Order | null> {
    const found = row.orderId === null ? null : await context.loader(ordersById).load(row.orderId);
    return found && shownOrder(found);
  }

  @FieldResolver(() => Vm, { nullable: true })
  vm(@Root() { row }: Hold): Vm | null {
    return row.vmId === null ? null : { id: row.vmId };
  }
}

@Resolver(() => InsufficientFundsProblem)
export class InsufficientFundsResolver {
  @FieldResolver(() => Wallet, { nullable: true })
  async wallet(
    @Root() { walletId }: InsufficientFundsProblem,
    @Ctx() context: OperationContext,
  ): Promise<Wallet | null> {
    const row = await context.loader(walletsById).load(walletId);
    return row && shownWallet(row);
  }
}
