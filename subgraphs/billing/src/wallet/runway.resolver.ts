import { requireId, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  DateTime,
  Directive,
  FieldResolver,
  ID,
  Money,
  type OperationContext,
  Resolver,
  Root,
  type SubscribeArguments,
  Subscription,
} from "@tollgate/kit/graphql";
import { Vm } from "../entities.js";
import type { HoldState as State } from "../ledger/hold.schema.js";
import { Hold, HoldState, shownHold } from "../ledger/hold.types.js";
import { reservedOf } from "../ledger/holds.js";
import type { WalletRow } from "../ledger/ledger.schema.js";
import { costsThisMonth } from "../machines/costs.js";
import { fraction, rounded } from "../prices/fraction.js";
import { machinesRunOut } from "../usage/running-out.js";
import { runsOutAt } from "../usage/standing.js";
import { burnRates, holdsOf } from "./runway.js";
import { shownWallet, Wallet } from "./wallet.types.js";
import { walletsById } from "./wallets.js";
import type { WalletWatch } from "./watch.js";

const NOTHING = fraction(0n, 1n);

@Resolver(() => Wallet)
export class RunwayResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly watch: WalletWatch,
  ) {}

  @FieldResolver(() => Money, { description: "Per hour over the last 24 hours." })
  async burnRate(@Root() { id, currency }: Wallet, @Ctx() context: OperationContext): Promise<Money> {
    const rate = (await context.loader(this.rates).load(id)) ?? NOTHING;
    return Object.assign(new Money(), { minorUnits: rounded(rate), currency });
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: "When available reaches zero at that rate; null if never.",
  })
  async runsOutAt(@Root() { id, available }: Wallet, @Ctx() context: OperationContext): Promise<Date | null> {
    const rate = (await context.loader(this.rates).load(id)) ?? NOTHING;
    return runsOutAt(available.minorUnits, rate, this.clock());
  }

  @FieldResolver(() => Money, {
    description: "Part of held: the grace of live machines and the storage of stopped ones.",
  })
  async reserved(@Root() { id, currency }: Wallet, @Ctx() context: OperationContext): Promise<Money> {
    return Object.assign(new Money(), { minorUnits: (await context.loader(reservedOf).load(id)) ?? 0n, currency });
  }

  @Directive("@listSize(assumedSize: 10)")
  @FieldResolver(() => [Hold])
  async holds(
    @Root() { id, currency }: Wallet,
    @Arg("state", () => [HoldState], { nullable: true, defaultValue: ["OPEN"] }) state: State[] | null,
    @Ctx() context: OperationContext,
  ): Promise<Hold[]> {
    const rows = (await context.loader(holdsOf).load({ walletId: id, state })) ?? [];
    return rows.map((row) => shownHold(row, currency));
  }

  @Directive('@requiresScopes(scopes: [["wallet:read"]])')
  @Directive('@tag(name: "partner")')
  @Directive('@tag(name: "newest-wins")')
  @Subscription(() => Wallet, {
    description: "The wallet after each change, first as it is now. Newest wins.",
    subscribe: ({ args, context }: SubscribeArguments<{ walletId: string }>) =>
      context.resolver(RunwayResolver).changes(context, args.walletId),
  })
  walletChanged(@Root() row: WalletRow, @Arg("walletId", () => ID) _walletId: string): Wallet {
    return shownWallet(row);
  }

  changes(context: OperationContext, walletId: string): AsyncIterableIterator<WalletRow> {
    requireId("wallet", walletId);
    return this.watch.of(context.caller, walletId);
  }

  private readonly rates = async (tx: Tx, ids: readonly string[]) =>
    burnRates(tx, [...(await walletsById(tx, ids)).values()], this.clock());
}

@Resolver(() => Vm)
export class VmRunwayResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["usage:read"]])')
  @FieldResolver(() => Money, {
    nullable: true,
    description: "Charged since the start of the calendar month in the organisation's time zone.",
  })
  costMonthToDate(@Root() { id }: Vm, @Ctx() context: OperationContext) {
    return context.loader(this.costs).load(id);
  }

  @Directive('@requiresScopes(scopes: [["wallet:read"]])')
  @FieldResolver(() => DateTime, {
    nullable: true,
    description: "When the wallet would stop this machine at the present burn rate; null if never.",
  })
  runsOutAt(@Root() { id }: Vm, @Ctx() context: OperationContext) {
    return context.loader(this.ends).load(id);
  }

  private readonly costs = (tx: Tx, ids: readonly string[]) => costsThisMonth(tx, ids, this.clock());
  private readonly ends = (tx: Tx, ids: readonly string[]) => machinesRunOut(tx, ids, this.clock());
}
