import { NotFoundFault, requireId, type Tx } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { LedgerReason, type ReasonKey, reasonsOf } from "./reason.types.js";
import { LedgerEntry, Posting, shownPosting, shownWallet, Wallet } from "./wallet.types.js";
import { entriesById, postingsOf, walletsById } from "./wallets.js";

@Resolver(() => LedgerEntry)
export class LedgerEntryResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["wallet:read"]])')
  @Query(() => LedgerEntry, { nullable: true })
  async ledgerEntry(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<LedgerEntry> {
    const found = await context.loader(entriesById).load(requireId("ledgerEntry", id));
    if (!found) throw new NotFoundFault("ledgerEntry", id);
    return found;
  }

  @FieldResolver(() => [Posting], { description: "Those the caller's estate may see." })
  async postings(@Root() entry: LedgerEntry, @Ctx() context: OperationContext) {
    return ((await context.loader(postingsOf).load(entry.id)) ?? []).map(shownPosting);
  }

  @FieldResolver(() => LedgerEntry, { nullable: true })
  async reverses(@Root() { reversesId }: LedgerEntry, @Ctx() context: OperationContext): Promise<LedgerEntry | null> {
    return reversesId === null ? null : context.loader(entriesById).load(reversesId);
  }

  @FieldResolver(() => LedgerReason, { nullable: true })
  reason(
    @Root() { reasonKind, reasonId }: LedgerEntry,
    @Ctx() context: OperationContext,
  ): Promise<object | null> | null {
    if (reasonKind === null || reasonId === null) return null;
    return context.loader(this.reasons).load({ kind: reasonKind, id: reasonId });
  }

  private readonly reasons = (tx: Tx, keys: readonly ReasonKey[]) => reasonsOf(tx, keys, this.clock());
}

@Resolver(() => Posting)
export class PostingResolver {
  @FieldResolver(() => LedgerEntry)
  entry(@Root() posting: Posting, @Ctx() context: OperationContext) {
    return context.loader(entriesById).load(posting.entryId);
  }

  @FieldResolver(() => Wallet, { nullable: true })
  async wallet(@Root() posting: Posting, @Ctx() context: OperationContext) {
    const row = await context.loader(walletsById).load(posting.walletId);
    return row && shownWallet(row);
  }
}
