import { requireId, requireUser, type TableFormat } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Download,
  DownloadFormat,
  Field,
  FieldResolver,
  ID,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { LISTED, ListArguments, shown } from "../lists.js";
import { PostingConnection, shownPosting, TransactionFilter, Wallet } from "../wallet/wallet.types.js";
import type { TransactionDownloads } from "./downloads.js";
import { transactionsOf } from "./transactions.js";

@ArgsType()
class TransactionsArguments extends ListArguments {
  @Field(() => TransactionFilter, { nullable: true })
  filter?: TransactionFilter | null;
}

@Resolver(() => Wallet)
export class TransactionsResolver {
  constructor(private readonly downloads: TransactionDownloads) {}

  @Directive(LISTED)
  @FieldResolver(() => PostingConnection, {
    description:
      "Everything that moved the wallet's own money, newest first, money set aside and given back included. balanceAfter is what there was then; what is taken of money set aside left when it was set aside.",
  })
  async transactions(
    @Root() wallet: Wallet,
    @Args(() => TransactionsArguments) { filter, first, after }: TransactionsArguments,
    @Ctx() context: OperationContext,
  ) {
    const key = { walletId: wallet.id, page: { first, after }, filter: { ...filter } };
    const page = await context.loader(transactionsOf).load(key);
    return page && shown(page, shownPosting);
  }

  @Directive('@requiresScopes(scopes: [["wallet:read"]])')
  @Query(() => Download, {
    nullable: true,
    description:
      "A link to a wallet's transactions as a file, newest first, for the caller alone; good for five minutes.",
  })
  transactionsDownload(
    @Arg("walletId", () => ID) walletId: string,
    @Arg("format", () => DownloadFormat) format: TableFormat,
    @Ctx() context: OperationContext,
    @Arg("filter", () => TransactionFilter, { nullable: true }) filter?: TransactionFilter | null,
  ) {
    const wish = { walletId: requireId("wallet", walletId), filter: { ...filter } };
    return context.read((tx) => this.downloads.link(tx, requireUser(context.caller), wish, format));
  }
}
