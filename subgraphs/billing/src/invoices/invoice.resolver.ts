import { NotFoundFault, organisationReferences, requireId, requireUser, type TableFormat } from "@tollgate/kit";
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
import { Organisation } from "../entities.js";
import { LISTED, ListArguments, shown } from "../lists.js";
import type { Documents } from "../pdf/documents.js";
import { PriceLine } from "../prices/config.types.js";
import { subscriptionsById } from "../services/reading.js";
import { ServiceSubscription, shownSubscription } from "../services/service.types.js";
import { TopUp } from "../topups/topup.types.js";
import { UsageRecord } from "../usage/usage.resolver.js";
import type { InvoiceDownloads } from "./downloads.js";
import {
  CreditNote,
  Invoice,
  InvoiceConnection,
  InvoiceFilterInput,
  shownCreditNote,
  shownInvoice,
} from "./invoice.types.js";
import { shownInvoiceLine } from "./lines-shown.js";
import { isVoidable } from "./managing.js";
import {
  countInvoices,
  creditNotesByInvoice,
  type InvoiceFilter,
  invoicesByEntry,
  invoicesById,
  linesByInvoice,
  listInvoices,
} from "./reading.js";

const READS = '@requiresScopes(scopes: [["invoice:read"]])';
const PARTNER = '@tag(name: "partner")';

@ArgsType()
class InvoicesArguments extends ListArguments {
  @Field(() => InvoiceFilterInput, { nullable: true })
  filter?: InvoiceFilterInput | null;
}

/** One invoice as the graph shows it. @throws NotFoundFault outside of the estate. */
export const readInvoice = async (id: string, context: OperationContext, at: Date): Promise<Invoice> => {
  const row = await context.loader(invoicesById).load(requireId("invoice", id));
  if (!row) throw new NotFoundFault("invoice", id);
  return shownInvoice(row, at);
};

@Resolver(() => Invoice)
export class InvoiceResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly documents: Documents,
    private readonly downloads: InvoiceDownloads,
  ) {}

  @Directive(READS)
  @Directive(PARTNER)
  @Query(() => Invoice, { nullable: true })
  invoice(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<Invoice> {
    return readInvoice(id, context, this.clock());
  }

  @Directive(READS)
  @Directive(PARTNER)
  @Directive(LISTED)
  @Query(() => InvoiceConnection, { nullable: true })
  async invoices(
    @Args(() => InvoicesArguments) { filter, ...page }: InvoicesArguments,
    @Ctx() context: OperationContext,
  ) {
    const at = this.clock();
    const wanted: InvoiceFilter = filter ?? {};
    const found = await context.read((tx) => listInvoices(tx, page, wanted, at));
    const count = () => context.read((tx) => countInvoices(tx, wanted, at));
    return { ...shown(found, (row) => shownInvoice(row, at)), count };
  }

  @Directive(READS)
  @Directive('@tag(name: "per-person")')
  @Query(() => Download, {
    nullable: true,
    description: "A link to the list of invoices as a file, newest first, for the caller alone; good for five minutes.",
  })
  invoicesDownload(
    @Arg("format", () => DownloadFormat) format: TableFormat,
    @Ctx() context: OperationContext,
    @Arg("filter", () => InvoiceFilterInput, { nullable: true }) filter?: InvoiceFilterInput | null,
  ) {
    const wish = { filter: { ...filter } };
    return context.read((tx) => this.downloads.link(tx, requireUser(context.caller), wish, format));
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { row }: Invoice): Organisation {
    return { id: row.organisationId };
  }

  @FieldResolver(() => Organisation, { nullable: true })
  async issuer(@Root() { row }: Invoice, @Ctx() context: OperationContext) {
    // Those who pay see nothing of organisations above them; the document names both parties.
    return await context.loader(organisationReferences).load(row.issuerId);
  }

  @FieldResolver(() => [PriceLine])
  async lines(@Root() { row }: Invoice, @Ctx() context: OperationContext): Promise<PriceLine[]> {
    const lines = (await context.loader(linesByInvoice).load(row.id)) ?? [];
    return lines.map((line) => shownInvoiceLine(line, row));
  }

  @FieldResolver(() => [CreditNote])
  async creditNotes(@Root() { row }: Invoice, @Ctx() context: OperationContext): Promise<CreditNote[]> {
    const notes = (await context.loader(creditNotesByInvoice).load(row.id)) ?? [];
    return notes.map((note) => shownCreditNote(note, row.currency));
  }

  @FieldResolver(() => ServiceSubscription, { nullable: true })
  async serviceSubscription(@Root() { row }: Invoice, @Ctx() context: OperationContext) {
    if (row.serviceSubscriptionId === null) return null;
    const found = await context.loader(subscriptionsById).load(row.serviceSubscriptionId);
    return found && shownSubscription(found);
  }

  @FieldResolver(() => Boolean, {
    description:
      "Whether it may still be made void, as far as the invoice itself says; else a credit note takes it back.",
  })
  voidable(@Root() { row }: Invoice): boolean {
    return isVoidable(row);
  }

  @FieldResolver(() => Download, { nullable: true })
  pdf(@Root() { row }: Invoice): Download | null {
    return row.number === null ? null : this.documents.download("INVOICE", row.id);
  }
}

@Resolver(() => CreditNote)
export class CreditNoteResolver {
  constructor(private readonly documents: Documents) {}

  @FieldResolver(() => Download, { nullable: true })
  pdf(@Root() { id }: CreditNote): Download {
    return this.documents.download("CREDIT_NOTE", id);
  }
}

@Resolver(() => UsageRecord)
export class UsageInvoiceResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive(READS)
  @FieldResolver(() => Invoice, { nullable: true })
  async invoice(@Root() { row }: UsageRecord, @Ctx() context: OperationContext): Promise<Invoice | null> {
    const found = row.entryId === null ? null : await context.loader(invoicesByEntry).load(row.entryId);
    return found ? shownInvoice(found, this.clock()) : null;
  }
}

@Resolver(() => TopUp)
export class TopUpInvoiceResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive(READS)
  @FieldResolver(() => Invoice, { nullable: true, description: "Paid by it as soon as it is credited." })
  async invoice(@Root() { row }: TopUp, @Ctx() context: OperationContext): Promise<Invoice | null> {
    const found = row.invoiceId === null ? null : await context.loader(invoicesById).load(row.invoiceId);
    return found ? shownInvoice(found, this.clock()) : null;
  }
}
