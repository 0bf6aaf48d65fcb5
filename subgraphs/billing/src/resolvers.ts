import { Receipts, type SubgraphKit } from "@tollgate/kit";
import { CatalogueResolver } from "./catalogue/catalogue.resolver.js";
import { PricingResolver } from "./catalogue/pricing.resolver.js";
import { OrganisationSpendResolver, SpendReportResolver, SpendSliceResolver } from "./figures/figures.resolver.js";
import type { InvoiceDownloads } from "./invoices/downloads.js";
import {
  CreditNoteResolver,
  InvoiceResolver,
  TopUpInvoiceResolver,
  UsageInvoiceResolver,
} from "./invoices/invoice.resolver.js";
import { InvoiceChangesResolver, InvoicingFailureResolver } from "./invoices/invoice-changes.resolver.js";
import { VmCostResolver } from "./machines/machine.resolver.js";
import { BillingModeResolver, OrganisationModeResolver } from "./modes/mode.resolver.js";
import { CouponResolver } from "./offers/coupon.resolver.js";
import { CouponGuesses } from "./offers/guessing.js";
import { PromotionResolver } from "./offers/promotion.resolver.js";
import { OrderItemsResolver, OrderLineResolver } from "./orders/items.resolver.js";
import { HoldResolver, InsufficientFundsResolver, OrderResolver } from "./orders/order.resolver.js";
import type { Documents } from "./pdf/documents.js";
import { LineExplanationResolver, PriceLineResolver } from "./prices/explanation.resolver.js";
import { OrganisationPriceListResolver, PriceListResolver } from "./prices/price.resolver.js";
import { PriceChangesResolver } from "./prices/price-changes.resolver.js";
import type { ProviderDirectory } from "./providers/directory.js";
import { ProviderEventResolver } from "./providers/event.resolver.js";
import type { Webhooks } from "./providers/webhooks.js";
import { EstimateResolver, VmConfigResolver } from "./quotes/estimate.resolver.js";
import { QuoteResolver } from "./quotes/quote.resolver.js";
import { RankResolver } from "./ranks/rank.resolver.js";
import { ServiceSubscriptionResolver } from "./services/service.resolver.js";
import { TaxRateResolver } from "./tax/tax.resolver.js";
import { BillingTimeResolver } from "./time.resolver.js";
import type { Paying } from "./topups/paying.js";
import type { Proofs } from "./topups/proofs.js";
import type { Refunding } from "./topups/refunding.js";
import { TopUpResolver } from "./topups/topup.resolver.js";
import { TopUpChangesResolver } from "./topups/topup-changes.resolver.js";
import type { TransactionDownloads } from "./transactions/downloads.js";
import { TransactionsResolver } from "./transactions/transactions.resolver.js";
import { UsageResolver } from "./usage/usage.resolver.js";
import { AdjustingResolver } from "./wallet/adjusting.resolver.js";
import { LedgerEntryResolver, PostingResolver } from "./wallet/ledger-entry.resolver.js";
import { RunwayResolver, VmRunwayResolver } from "./wallet/runway.resolver.js";
import { VerifyLedgerResolver } from "./wallet/verify.resolver.js";
import { OrganisationWalletResolver, WalletResolver } from "./wallet/wallet.resolver.js";
import type { WalletWatch } from "./wallet/watch.js";

/** What resolvers share. */
export interface Shared {
  clock: () => Date;
  publicUrl: string;
  proofs: Proofs;
  documents: Documents;
  downloads: { transactions: TransactionDownloads; invoices: InvoiceDownloads };
  watch: WalletWatch;
  providers: ProviderDirectory;
  paying: Paying;
  refunding: Refunding;
  webhooks: Webhooks;
}

export const billingResolvers = (kit: SubgraphKit, shared: Shared): object[] => {
  const { clock, publicUrl, proofs, documents, downloads, watch, providers, paying, refunding, webhooks } = shared;
  const guesses = new CouponGuesses(kit.database, clock);
  return [
    new WalletResolver(),
    new TransactionsResolver(downloads.transactions),
    new AdjustingResolver(clock),
    new BillingTimeResolver(clock),
    new BillingModeResolver(clock),
    new OrganisationModeResolver(clock),
    new LedgerEntryResolver(clock),
    new PostingResolver(),
    new OrganisationWalletResolver(),
    new PriceListResolver(clock),
    new PriceChangesResolver(clock),
    new PriceLineResolver(),
    new LineExplanationResolver(clock),
    new OrganisationPriceListResolver(clock),
    new TaxRateResolver(clock),
    new PromotionResolver(clock),
    new CouponResolver(clock, guesses),
    new VmCostResolver(clock),
    new RankResolver(),
    new EstimateResolver(clock),
    new VmConfigResolver(),
    new QuoteResolver(clock, documents),
    new OrderResolver(clock, new Receipts(kit.masterSecret)),
    new CatalogueResolver(clock),
    new PricingResolver(clock),
    new OrderItemsResolver(clock),
    new OrderLineResolver(),
    new ServiceSubscriptionResolver(clock, guesses),
    new HoldResolver(),
    new InsufficientFundsResolver(),
    new TopUpResolver(clock, proofs, providers, documents),
    new TopUpChangesResolver(clock, { proofs, providers, paying, refunding, guesses }, publicUrl),
    new ProviderEventResolver(clock, webhooks),
    new RunwayResolver(clock, watch),
    new VmRunwayResolver(clock),
    new VerifyLedgerResolver(clock),
    new UsageResolver(),
    new InvoiceResolver(clock, documents, downloads.invoices),
    new CreditNoteResolver(documents),
    new UsageInvoiceResolver(clock),
    new TopUpInvoiceResolver(clock),
    new InvoiceChangesResolver(kit, clock, providers, paying, publicUrl),
    new InvoicingFailureResolver(),
    new OrganisationSpendResolver(clock),
    new SpendReportResolver(clock),
    new SpendSliceResolver(),
  ];
};
