import { fileURLToPath } from "node:url";
import {
  forgetKeys,
  homeOrganisation,
  Receipts,
  type Subgraph,
  type SubgraphDefinition,
  type SubgraphKit,
} from "@tollgate/kit";
import type { ClosingTurn, PowerFunds, VmChange } from "@tollgate/kit/protocol";
import { MAIN_CURRENCY } from "./currency.js";
import { Vm } from "./entities.js";
import { HOLD_STATEMENTS } from "./ledger/holds.laws.js";
import { openWallets } from "./ledger/ledger.js";
import { LEDGER_STATEMENTS } from "./ledger/ledger.laws.js";
import { verifyLedger } from "./ledger/verify.js";
import { VmCostResolver } from "./machines/machine.resolver.js";
import { followVm } from "./machines/machines.js";
import { refusedStarts } from "./machines/power.js";
import { followProvisioning, freeReserve } from "./orders/ending.js";
import { HoldResolver, InsufficientFundsResolver, OrderResolver } from "./orders/order.resolver.js";
import { shownOrder } from "./orders/order.types.js";
import { cancelOverdue, ordersById } from "./orders/orders.js";
import { organisationsInScope } from "./organisations.js";
import { billingPersonalData } from "./personal-data.js";
import { OrganisationPriceListResolver, PriceListResolver } from "./prices/price.resolver.js";
import { midtransAdapter } from "./providers/adapters/midtrans.js";
import { paygateAdapter } from "./providers/adapters/paygate.js";
import { paystackAdapter } from "./providers/adapters/paystack.js";
import { stripeAdapter } from "./providers/adapters/stripe.js";
import { ProviderDirectory } from "./providers/directory.js";
import { ProviderEventResolver } from "./providers/event.resolver.js";
import { forgetBodies, openEvents } from "./providers/events.js";
import type { OnlineProvider } from "./providers/provider.js";
import { PaymentReturn } from "./providers/return.js";
import { Webhooks } from "./providers/webhooks.js";
import { EstimateResolver, shownTemplate, VmConfigResolver } from "./quotes/estimate.resolver.js";
import { QuoteResolver } from "./quotes/quote.resolver.js";
import { Paying } from "./topups/paying.js";
import { Proofs, removeAbandoned } from "./topups/proofs.js";
import { Refunding } from "./topups/refunding.js";
import { TopUpResolver } from "./topups/topup.resolver.js";
import { TopUpChangesResolver } from "./topups/topup-changes.resolver.js";
import { expireTopUps } from "./topups/topups.js";
import { chargeUntil } from "./usage/charge.js";
import { recoverAll } from "./usage/recover.js";
import { followRun } from "./usage/runs.js";
import { USAGE_STATEMENTS } from "./usage/usage.laws.js";
import { UsageResolver } from "./usage/usage.resolver.js";
import { AdjustingResolver } from "./wallet/adjusting.resolver.js";
import { decideClosing } from "./wallet/closing.js";
import { CLOSING_STATEMENTS } from "./wallet/closing.laws.js";
import { RunwayResolver, VmRunwayResolver } from "./wallet/runway.resolver.js";
import { VerifyLedgerResolver } from "./wallet/verify.resolver.js";
import {
  LedgerEntryResolver,
  OrganisationWalletResolver,
  PostingResolver,
  WalletResolver,
} from "./wallet/wallet.resolver.js";
import { shownWallet } from "./wallet/wallet.types.js";
import { walletsById } from "./wallet/wallets.js";
import { WalletWatch } from "./wallet/watch.js";

export { type BillingSeed, seedBilling, seedReserves } from "./billing.seed.js";
export { captureHold, placeHold } from "./ledger/holds.js";
export type { Credit } from "./ledger/ledger.js";
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
}

/**
 * A moment that another subgraph tells, in the time of the books, which may stand elsewhere: the one place where the two
 * clocks meet.
 */
const inBooks = (told: Date, clock: () => Date): Date => new Date(told.getTime() + clock().getTime() - Date.now());

const DAY = 86_400_000;
const KEYS_KEPT = 30 * DAY;

/** In the order in which they are offered. */
const ADAPTERS = [paystackAdapter, paygateAdapter, stripeAdapter, midtransAdapter];
/** What is applied just now is not taken for left behind. */
const LEFT_BEHIND = 5 * 60_000;

const parts = (
  kit: SubgraphKit,
  { clock = () => new Date(), publicUrl = "http://localhost", lookEvery, paymentAddresses }: BillingOptions,
  proofs = new Proofs(kit.database, kit.masterSecret, publicUrl, clock),
  watch = new WalletWatch(kit, lookEvery),
  providers = new ProviderDirectory(ADAPTERS, kit.settingKeys, paymentAddresses),
  paying = new Paying(kit, providers, publicUrl, clock),
  refunding = new Refunding(kit, providers, clock),
  webhooks = new Webhooks(kit, providers, clock),
): ReturnType<SubgraphDefinition["parts"]> => ({
  resolvers: [
    new WalletResolver(),
    new AdjustingResolver(clock),
    new LedgerEntryResolver(),
    new PostingResolver(),
    new OrganisationWalletResolver(),
    new PriceListResolver(clock),
    new OrganisationPriceListResolver(clock),
    new VmCostResolver(clock),
    new EstimateResolver(clock),
    new VmConfigResolver(),
    new QuoteResolver(clock),
    new OrderResolver(clock, new Receipts(kit.masterSecret)),
    new HoldResolver(),
    new InsufficientFundsResolver(),
    new TopUpResolver(clock, proofs, providers),
    new TopUpChangesResolver(clock, proofs, providers, paying, refunding, publicUrl),
    new ProviderEventResolver(clock, webhooks),
    new RunwayResolver(clock, watch),
    new VmRunwayResolver(clock),
    new VerifyLedgerResolver(clock),
    new UsageResolver(),
  ],
  references: {
    Organisation: ({ id }, context) => context.loader(organisationsInScope).load(id),
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
  },
  entities: [Vm],
  handlers: {
    "vm.changed": async (tx, event) => {
      const { at } = event.payload as VmChange; // the catalogue's type for this event
      const when = inBooks(at, clock);
      await followVm(tx, event);
      await followRun(tx, event, when);
      await freeReserve(tx, event, when);
    },
    "provisioning.changed": (tx, event) => followProvisioning(tx, event, clock()),
    "closing.requested": (tx, event) => decideClosing(tx, event.payload as ClosingTurn, clock()), // the catalogue's type
  },
  // Each organisation has a wallet from the moment it is known here, so that reading never has to make one.
  onTenancyChange: (tx, changes) =>
    openWallets(
      tx,
      changes.map(({ organisationId }) => organisationId),
      MAIN_CURRENCY,
    ),
  routes: [...proofs.routes(), ...webhooks.routes(), ...new PaymentReturn(kit.database, publicUrl).routes()],
  onCommit: () => watch.look(),
  workers: [watch],
  jobs: [
    {
      name: "expire-top-ups",
      schedule: "*/10 * * * *",
      run: () => kit.database.system("expire-top-ups", (tx) => expireTopUps(tx, clock())),
    },
    {
      name: "ask-payment-providers",
      schedule: "*/10 * * * *",
      run: async () => {
        const before = new Date(clock().getTime() - LEFT_BEHIND);
        await webhooks.replay(await kit.database.system("provider-events", (tx) => openEvents(tx, before)));
        await paying.reconcileAll();
        await refunding.sendAll();
        await kit.database.system("provider-events", (tx) => forgetBodies(tx, clock()));
        kit.wakeRelay();
      },
    },
    {
      name: "remove-abandoned-proofs",
      schedule: "23 * * * *",
      run: async () => {
        const remove = () => kit.database.system("remove-abandoned-proofs", (tx) => removeAbandoned(tx, clock()));
        while ((await remove()) > 0);
      },
    },
    {
      name: "charge-usage",
      schedule: "* * * * *",
      run: async () => {
        const failures = await chargeUntil(kit.database, clock());
        for (const [organisationId, error] of failures)
          kit.logger.error({ organisationId, error }, "use is not charged");
        await recoverAll(kit.database, clock());
        kit.wakeRelay();
      },
    },
    {
      name: "cancel-overdue-orders",
      schedule: "* * * * *",
      run: async () => {
        await kit.database.system("cancel-overdue-orders", (tx) => cancelOverdue(tx, clock()));
        kit.wakeRelay();
      },
    },
    {
      name: "forget-idempotency-keys",
      schedule: "7 3 * * *",
      run: () =>
        kit.database.system("forget-idempotency-keys", (tx) => forgetKeys(tx, new Date(clock().getTime() - KEYS_KEPT))),
    },
    {
      name: "verify-ledger",
      schedule: "33 1 * * *",
      run: async () => {
        const { findings, ...counts } = await kit.database.system("verify-ledger", verifyLedger);
        if (findings.length > 0) kit.logger.error({ findings, ...counts }, "the ledger breaks its laws");
        else kit.logger.info(counts, "the ledger keeps its laws");
      },
    },
  ],
});

/** Wallets on a double-entry ledger, price lists, and what machines cost. */
export const billingSubgraph = (options: BillingOptions = {}): SubgraphDefinition => ({
  name: "billing",
  migrations: fileURLToPath(new URL("../../../drizzle/billing", import.meta.url)),
  personalData: billingPersonalData,
  laws: {
    tables: { price_list: "inherited", rate: "inherited", volume_tier: "inherited" },
    readOnly: ["wallet", "entry", "posting", "hold"],
    statements: [...LEDGER_STATEMENTS, ...HOLD_STATEMENTS, ...USAGE_STATEMENTS, ...CLOSING_STATEMENTS],
  },
  parts: (kit) => parts(kit, options),
});

/** What telemetry asks before it switches machines on. @param clock that of the books. */
export const powerFundsOf = ({ database }: Subgraph, clock: () => Date = () => new Date()): PowerFunds => ({
  refused: (vmIds) => refusedStarts(database, vmIds, clock()),
});
