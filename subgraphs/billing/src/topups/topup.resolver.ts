import { requireId } from "@tollgate/kit";
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Download,
  Field,
  FieldResolver,
  ID,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { User } from "../entities.js";
import { LISTED, ListArguments, shown } from "../lists.js";
import type { Documents } from "../pdf/documents.js";
import type { ProviderDirectory } from "../providers/directory.js";
import { LedgerEntry, shownWallet, Wallet } from "../wallet/wallet.types.js";
import { entriesById, walletById, walletsById } from "../wallet/wallets.js";
import { limitsOf } from "./limits.js";
import { type Proofs, proofTypes } from "./proofs.js";
import { shownStep, TopUpStep } from "./step.types.js";
import type { Provider } from "./topup.schema.js";
import { shownTopUp, TopUp, TopUpConnection, TopUpFilter, TopUpOption } from "./topup.types.js";
import { listTopUps } from "./topup-list.js";
import { topUpById } from "./topup-shown.js";

const PARTNER = '@tag(name: "partner")';
const READS = '@requiresScopes(scopes: [["wallet:read"]])';
const PAYS = '@requiresScopes(scopes: [["wallet:topUp"]])';

@ArgsType()
class TopUpsArguments extends ListArguments {
  @Field(() => TopUpFilter, { nullable: true })
  filter?: TopUpFilter | null;
}

@Resolver(() => TopUp)
export class TopUpResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly proofs: Proofs,
    private readonly providers: ProviderDirectory,
    private readonly documents: Documents,
  ) {}

  @Directive(READS)
  @Directive(PARTNER)
  @Query(() => TopUp, { nullable: true })
  topUp(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<TopUp> {
    return topUpById(id, context);
  }

  @Directive(READS)
  @Directive(PARTNER)
  @Directive(LISTED)
  @Query(() => TopUpConnection, {
    nullable: true,
    description: "Top-ups of the estate; those to approve are state AWAITING_APPROVAL.",
  })
  async topUps(@Args(() => TopUpsArguments) { filter, ...page }: TopUpsArguments, @Ctx() context: OperationContext) {
    return shown(await context.read((tx) => listTopUps(tx, page, filter ?? {})), shownTopUp);
  }

  @Directive(PAYS)
  @Directive("@listSize(assumedSize: 5)")
  @Query(() => [TopUpOption], {
    nullable: true,
    description: "Providers that take this wallet's currency, with their limits.",
  })
  async topUpOptions(
    @Arg("walletId", () => ID) walletId: string,
    @Ctx() context: OperationContext,
  ): Promise<TopUpOption[]> {
    requireId("wallet", walletId);
    const { organisationId, currency } = await context.read((tx) => walletById(tx, walletId));
    return context.read(async (tx) => {
      const online = await this.providers.taking(tx, currency);
      const ways = [
        ...online.map(({ name, taken }) => ({ provider: name, taken })),
        { provider: "MANUAL", taken: null },
      ];
      const option = async ({ provider, taken }: (typeof ways)[number]) => {
        const { minimum, maximum } = await limitsOf(tx, organisationId, currency, taken);
        const inCurrency = (minorUnits: bigint) => ({ minorUnits, currency });
        return { provider: provider as Provider, minimum: inCurrency(minimum), maximum: inCurrency(maximum) };
      };
      return Promise.all(ways.map(option));
    });
  }

  @FieldResolver(() => Wallet)
  async wallet(@Root() { row }: TopUp, @Ctx() context: OperationContext) {
    const found = await context.loader(walletsById).load(row.walletId);
    return found && shownWallet(found);
  }

  @FieldResolver(() => TopUpStep, {
    nullable: true,
    description: "What the person does next; null unless INITIALISED or PENDING.",
  })
  step(@Root() { row }: TopUp) {
    return shownStep(row, this.clock());
  }

  @FieldResolver(() => Download, { nullable: true })
  async proof(@Root() { row }: TopUp, @Ctx() context: OperationContext): Promise<Download | null> {
    if (!row.proofId) return null;
    const contentType = await context.loader(proofTypes).load(row.proofId);
    return contentType ? this.proofs.download(row.proofId, contentType) : null;
  }

  @FieldResolver(() => Download, { nullable: true })
  receipt(@Root() { row }: TopUp): Download | null {
    return row.entryId === null ? null : this.documents.download("RECEIPT", row.id);
  }

  @FieldResolver(() => User, { nullable: true })
  startedBy(@Root() { row }: TopUp): User | null {
    return row.startedBy ? { id: row.startedBy } : null;
  }

  @FieldResolver(() => User, { nullable: true })
  decidedBy(@Root() { row }: TopUp): User | null {
    return row.decidedBy ? { id: row.decidedBy } : null;
  }

  @FieldResolver(() => LedgerEntry, { nullable: true })
  entry(@Root() { row }: TopUp, @Ctx() context: OperationContext) {
    return row.entryId ? context.loader(entriesById).load(row.entryId) : null;
  }
}
