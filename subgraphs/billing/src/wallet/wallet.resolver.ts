import { type Currency, requireId } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  CurrencyScalar,
  Directive,
  Field,
  FieldResolver,
  ID,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { MAIN_CURRENCY } from "../currency.js";
import { Organisation } from "../entities.js";
import { LISTED, ListArguments, shown } from "../lists.js";
import { shownWallet, Wallet, WalletConnection, WalletFilter } from "./wallet.types.js";
import { listWallets, walletById, walletsOf } from "./wallets.js";

const READS_WALLETS = '@requiresScopes(scopes: [["wallet:read"]])';

@ArgsType()
class WalletsArguments extends ListArguments {
  @Field(() => WalletFilter, { nullable: true })
  filter?: WalletFilter | null;
}

@Resolver(() => Wallet)
export class WalletResolver {
  @Directive(READS_WALLETS)
  @Directive('@tag(name: "partner")')
  @Query(() => Wallet, { nullable: true })
  async wallet(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext) {
    requireId("wallet", id);
    return shownWallet(await context.read((tx) => walletById(tx, id)));
  }

  @Directive(READS_WALLETS)
  @Directive('@tag(name: "partner")')
  @Directive(LISTED)
  @Query(() => WalletConnection, { nullable: true, description: "Wallets of the estate, lowest runway first." })
  async wallets(@Args(() => WalletsArguments) { filter, ...page }: WalletsArguments, @Ctx() context: OperationContext) {
    if (filter?.organisationId) requireId("organisation", filter.organisationId);
    return shown(await context.read((tx) => listWallets(tx, page, filter ?? {})), shownWallet);
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { organisationId }: Wallet) {
    return { id: organisationId };
  }
}

@Resolver(() => Organisation)
export class OrganisationWalletResolver {
  @Directive(READS_WALLETS)
  @FieldResolver(() => Wallet, {
    nullable: true,
    description: "In the organisation's main currency unless one is given.",
  })
  async wallet(
    @Root() { id }: Organisation,
    @Arg("currency", () => CurrencyScalar, { nullable: true }) currency: Currency | null | undefined,
    @Ctx() context: OperationContext,
  ) {
    const rows = (await context.loader(walletsOf).load(id)) ?? [];
    const row = rows.find((candidate) => candidate.currency === (currency ?? MAIN_CURRENCY));
    return row ? shownWallet(row) : null;
  }

  @Directive(READS_WALLETS)
  @Directive("@listSize(assumedSize: 3)")
  @FieldResolver(() => [Wallet], { nullable: true })
  async wallets(@Root() { id }: Organisation, @Ctx() context: OperationContext) {
    return ((await context.loader(walletsOf).load(id)) ?? []).map(shownWallet);
  }
}
