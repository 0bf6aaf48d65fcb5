import { fileURLToPath } from "node:url";
import {
  homeOrganisation,
  organisationReferences,
  type Subgraph,
  type SubgraphDefinition,
  type SubgraphKit,
} from "@tollgate/kit";
import type { ClosingTurn, OrganisationNamed, PowerFunds, VmChange } from "@tollgate/kit/protocol";
import { MAIN_CURRENCY } from "./currency.js";
import { Vm } from "./entities.js";
import { invoiceDownloads } from "./invoices/downloads.js";
import { INVOICE_STATEMENTS } from "./invoices/invoices.laws.js";
import { billingJobs } from "./jobs.js";
import { HOLD_STATEMENTS } from "./ledger/holds.laws.js";
import { openWallets } from "./ledger/ledger.js";
import { LEDGER_STATEMENTS } from "./ledger/ledger.laws.js";
import { followVm } from "./machines/machines.js";
import { refusedStarts } from "./machines/power.js";
import { MODE_STATEMENTS } from "./modes/modes.laws.js";
import { followName } from "./names/names.js";
import { COUPON_STATEMENTS } from "./offers/coupon.laws.js";
import { followProvisioning, freeReserve } from "./orders/ending.js";
import { shownOrder } from "./orders/order.types.js";
import { ordersById } from "./orders/orders.js";
import { Documents } from "./pdf/documents.js";
import { billingPersonalData } from "./personal-data.js";
import { midtransAdapter } from "./providers/adapters/midtrans.js";
import { paygateAdapter } from "./providers/adapters/paygate.js";
import { paystackAdapter } from "./providers/adapters/paystack.js";
import { stripeAdapter } from "./providers/adapters/stripe.js";
import { ProviderDirectory } from "./providers/directory.js";
import type { OnlineProvider } from "./providers/provider.js";
import { PaymentReturn } from "./providers/return.js";
import { DemoPayments } from "./providers/simulated/demo.js";
import { SimulatedMemory } from "./providers/simulated/memory.js";
import { Webhooks } from "./providers/webhooks.js";
import { shownTemplate } from "./quotes/estimate.resolver.js";
import { billingResolvers } from "./resolvers.js";
import { subscriptionsById } from "./services/reading.js";
import { shownSubscription } from "./services/service.types.js";
import { Paying } from "./topups/paying.js";
import { Proofs } from "./topups/proofs.js";
import { Refunding } from "./topups/refunding.js";
import { transactionDownloads } from "./transactions/downloads.js";
import { followRun } from "./usage/runs.js";
import { USAGE_STATEMENTS } from "./usage/usage.laws.js";
import { decideClosing } from "./wallet/closing.js";
import { CLOSING_STATEMENTS } from "./wallet/closing.laws.js";
import { shownWallet } from "./wallet/wallet.types.js";
import { walletsById } from "./wallet/wallets.js";
import { WalletWatch } from "./wallet/watch.js";

export { type BillingSeed, seedBilling, seedReserves } from "./billing.seed.js";
export { type CatalogueSeed, seedCatalogue } from "./catalogue/catalogue.seed.js";
export { seedInvoices } from "./invoices/invoices.seed.js";
export { type Run as InvoicingRun, runMonth } from "./invoices/running.js";
export { captureHold, captureHolds, type NewHold, placeHold, placeHolds } from "./ledger/holds.js";
export type { Credit } from "./ledger/ledger.js";
export { type OffersSeed, seedOffers } from "./offers/offers.seed.js";
export { followProvisioning } from "./orders/ending.js";
export { orderVm, orderVms } from "./orders/placing.js";
export { type SeededPast, seedPast } from "./past.seed.js";
export { demoPriceList, TEMPLATE_SIZES, type TemplateSize } from "./prices/demo.js";
export type { NewPriceList } from "./prices/prices.js";

export interface BillingOptions {
  clock?: () => Date;
  /** Where people reach the gateway: links to files lead there. */
  publicUrl?: string;
  /** Milliseconds between two looks at watched wallets for what other processes did; 500 when left out. */
  lookEvery?: number;
  /** Interfaces of payment providers that are elsewhere than usual, as those of a simulation are. */
  paymentAddresses?: Partial<Record<OnlineProvider, string>>;
  /** Whether providers that nobody gave keys for are simulated: of the demo alone. */
  demoPayments?: boolean;
}

/**
 * A moment that another subgraph tells, in the time of the books, which may stand elsewhere: the one place where the two
 * clocks meet.
 */
const inBooks = (told: Date, clock: () => Date): Date => new Date(told.getTime() + clock().getTime() - Date.now());

/** In the order in which they are offered. */
const ADAPTERS = [paystackAdapter, paygateAdapter, stripeAdapter, midtransAdapter];

const parts = (
  kit: SubgraphKit,
  { clock = () => new Date(), publicUrl = "http://localhost", lookEvery, paymentAddresses, ...rest }: BillingOptions,
  proofs = new Proofs(kit.database, kit.masterSecret, publicUrl, clock),
  documents = new Documents(kit.database, kit.masterSecret, publicUrl, clock),
  place = {
    ...{ subgraph: "billing" as const, database: kit.database, masterSecret: kit.masterSecret, publicUrl, clock },
    recorded: () => kit.wakeRelay(),
  },
  downloads = { transactions: transactionDownloads(place), invoices: invoiceDownloads(place) },
  watch = new WalletWatch(kit, lookEvery),
  demo: DemoPayments | null = rest.demoPayments
    ? new DemoPayments(publicUrl, kit.logger, new SimulatedMemory(kit.database, clock), (name, webhook) =>
        webhooks.deliver(name, webhook),
      )
    : null,
  providers = new ProviderDirectory(ADAPTERS, kit.settingKeys, paymentAddresses, (name) => demo?.standIn(name) ?? null),
  paying = new Paying(kit, providers, publicUrl, clock),
  refunding = new Refunding(kit, providers, clock),
  webhooks = new Webhooks(kit, providers, clock),
): ReturnType<SubgraphDefinition["parts"]> => ({
  resolvers: billingResolvers(kit, {
    clock,
    publicUrl,
    proofs,
    documents,
    downloads,
    watch,
    providers,
    paying,
    refunding,
    webhooks,
  }),
  references: {
    Organisation: ({ id }, context) => context.loader(organisationReferences).load(id),
    Vm: ({ id }) => ({ id }),
    VmTemplate: ({ id }, context) => shownTemplate(id, homeOrganisation(context.caller)),
    Order: async ({ id }, context) => {
      const row = await context.loader(ordersById).load(id);
      return row && shownOrder(row);
    },
    Wallet: async ({ id }, context) => {
      const row = await context.loader(walletsById).load(id);
      return row && shownWallet(row);
    },
    ServiceSubscription: async ({ id }, context) => {
      const row = await context.loader(subscriptionsById).load(id);
      return row && shownSubscription(row);
    },
  },
  entities: [Vm],
  handlers: {
    "organisation.named": (tx, event) => followName(tx, event.payload as OrganisationNamed), // the catalogue's type
    "vm.changed": async (tx, event) => {
      const { at } = event.payload as VmChange; // the catalogue's type for this event
      const when = inBooks(at, clock);
      await followVm(tx, event);
      await followRun(tx, event, when);
      await freeReserve(tx, event, when);
    },
    "provisioning.changed": { together: (tx, events) => followProvisioning(tx, events, clock()) },
    "closing.requested": (tx, event) => decideClosing(tx, event.payload as ClosingTurn, clock()), // the catalogue's type
  },
  // Each organisation has a wallet from the moment it is known here, so that reading never has to make one.
  onTenancyChange: (tx, changes) =>
    openWallets(
      tx,
      changes.map(({ organisationId }) => organisationId),
      MAIN_CURRENCY,
    ),
  routes: [
    ...proofs.routes(),
    documents.route(),
    downloads.transactions.route(),
    downloads.invoices.route(),
    ...webhooks.routes(),
    ...new PaymentReturn(kit.database).routes(),
    ...(demo?.routes() ?? []),
  ],
  onCommit: () => watch.look(),
  workers: [watch, ...(demo ? [demo] : [])],
  jobs: billingJobs(kit, { clock, webhooks, paying, refunding }),
});

/** Wallets on a double-entry ledger, price lists, and what machines cost. */
export const billingSubgraph = (options: BillingOptions = {}): SubgraphDefinition => ({
  name: "billing",
  migrations: fileURLToPath(new URL("../../../drizzle/billing", import.meta.url)),
  personalData: billingPersonalData,
  laws: {
    tables: {
      catalogue_item: "inherited",
      catalogue_version: "inherited",
      organisation_name: "inherited",
      price_list: "inherited",
      rate: "inherited",
      volume_tier: "inherited",
      tax_rate: "inherited",
      promotion: "inherited",
      wallet: "keyed",
      entry: "keyed",
      posting: "keyed",
      hold: "keyed",
      simulated_memory: "system",
    },
    searched: ["coupon", "document_counter"],
    readOnly: ["wallet", "entry", "posting", "hold", "coupon_redemption", "document_counter"],
    statements: [
      ...LEDGER_STATEMENTS,
      ...HOLD_STATEMENTS,
      ...USAGE_STATEMENTS,
      ...CLOSING_STATEMENTS,
      ...MODE_STATEMENTS,
      ...COUPON_STATEMENTS,
      ...INVOICE_STATEMENTS,
    ],
  },
  parts: (kit) => parts(kit, options),
});

/** What telemetry asks before it switches machines on. @param clock that of the books. */
export const powerFundsOf = ({ database }: Subgraph, clock: () => Date = () => new Date()): PowerFunds => ({
  refused: (vmIds) => refusedStarts(database, vmIds, clock()),
});
