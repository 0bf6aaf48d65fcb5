import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { codeOfPage } from "../../api/code.js";
import { parseBillingSearch } from "../../billing/billing-search.js";
import { parseInvoicesSearch } from "../../invoices/invoices-search.js";
import { parseEventsSearch } from "../../payments/events-search.js";
import { parsePaymentsSearch } from "../../payments/payments-search.js";
import { parseCameBack } from "../../wallet/came-back.js";
import { parseWalletSearch } from "../../wallet/wallet-search.js";
import { shellRoute } from "./shell.js";

const walletRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/wallet",
  validateSearch: parseWalletSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../wallet/WalletPage.js")), "WalletPage"),
});

const paymentsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/payments",
  validateSearch: parsePaymentsSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../payments/PaymentsPage.js")), "PaymentsPage"),
});

const providerEventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/payments/events",
  validateSearch: parseEventsSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../payments/ProviderEventsPage.js")), "ProviderEventsPage"),
});

const approvalsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/approvals",
  component: lazyRouteComponent(() => codeOfPage(import("../../approvals/ApprovalsPage.js")), "ApprovalsPage"),
});

const billingRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/billing",
  validateSearch: parseBillingSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../billing/BillingPage.js")), "BillingPage"),
});

const invoicesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/billing/invoices",
  validateSearch: parseInvoicesSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../invoices/InvoicesPage.js")), "InvoicesPage"),
});

const invoiceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/billing/invoices/$id",
  validateSearch: parseCameBack,
  component: lazyRouteComponent(() => codeOfPage(import("../../invoices/InvoicePage.js")), "InvoicePage"),
});

/** What is paid, and for what. */
export const moneyRoutes = {
  walletRoute,
  paymentsRoute,
  providerEventsRoute,
  approvalsRoute,
  billingRoute,
  invoicesRoute,
  invoiceRoute,
};
