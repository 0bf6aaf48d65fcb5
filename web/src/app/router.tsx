import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { codeOfPage } from "../api/code.js";
import { parseAuditSearch } from "../audit/audit-search.js";
import { parseBillingSearch } from "../billing/billing-search.js";
import { parseCatalogueSearch } from "../catalogue/catalogue-search.js";
import { ErrorPage, NotFoundPage, PendingPage } from "../components/PageStates.js";
import { parseInvitationsSearch } from "../invitations/invitation-words.js";
import { parseInvoicesSearch } from "../invoices/invoices-search.js";
import { parseMachineSearch } from "../machine/machine-search.js";
import { parseMachinesSearch } from "../machines/machines-search.js";
import { parseOrganisationSearch } from "../organisation/organisation-words.js";
import { parseEventsSearch } from "../payments/events-search.js";
import { parsePaymentsSearch } from "../payments/payments-search.js";
import { parsePeopleSearch } from "../people/people-search.js";
import { parsePricesSearch } from "../prices/prices-search.js";
import { parseQuotesSearch } from "../quotes/quotes-search.js";
import { safeReturnPath } from "../session/return-path.js";
import { parseCameBack } from "../wallet/came-back.js";
import { parseWalletSearch } from "../wallet/wallet-search.js";
import type { Services } from "./services.js";

interface RouterContext {
  services: Services;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFoundPage });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search["next"] === "string" ? { next: search["next"] } : {},
  beforeLoad: async ({ context, search }) => {
    await context.services.ready();
    if (context.services.session.state.get().status === "signed-in") {
      throw redirect({ href: safeReturnPath(search.next), replace: true });
    }
  },
  component: lazyRouteComponent(() => codeOfPage(import("../sign-in/SignInPage.js")), "SignInPage"),
});

const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reset-password",
  beforeLoad: ({ context }) => context.services.ready(),
  component: lazyRouteComponent(() => codeOfPage(import("../reset/ResetPasswordPage.js")), "ResetPasswordPage"),
});

const verifyEmailRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/verify-email",
  beforeLoad: ({ context }) => context.services.ready(),
  component: lazyRouteComponent(() => codeOfPage(import("../verify-email/VerifyEmailPage.js")), "VerifyEmailPage"),
});

const acceptInvitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/accept-invitation",
  beforeLoad: ({ context }) => context.services.ready(),
  component: lazyRouteComponent(
    () => codeOfPage(import("../registration/AcceptInvitationPage.js")),
    "AcceptInvitationPage",
  ),
});

const signUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-up",
  component: lazyRouteComponent(() => codeOfPage(import("../registration/SignUpPage.js")), "SignUpPage"),
});

/** Everything inside the shell asks for a signed-in person, and brings back to where one wanted to go. */
const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    await context.services.ready();
    const { status, reason } = context.services.session.state.get();
    if (status === "signed-in") return;
    const next = reason === "left" || location.href === "/" ? {} : { next: location.href };
    throw redirect({ to: "/sign-in", search: next, replace: true });
  },
  component: lazyRouteComponent(() => codeOfPage(import("./Shell.js")), "Shell"),
  notFoundComponent: NotFoundPage,
});

const dashboardRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  component: lazyRouteComponent(() => codeOfPage(import("../dashboard/DashboardPage.js")), "DashboardPage"),
});

const machinesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/machines",
  validateSearch: parseMachinesSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../machines/MachinesPage.js")), "MachinesPage"),
});

const machineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/machines/$id",
  validateSearch: parseMachineSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../machine/MachinePage.js")), "MachinePage"),
});

const notificationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/notifications",
  validateSearch: (search: Record<string, unknown>): { unread?: true } =>
    search["unread"] === true || search["unread"] === "true" ? { unread: true } : {},
  component: lazyRouteComponent(() => codeOfPage(import("../notifications/NotificationsPage.js")), "NotificationsPage"),
});

const orderRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/order",
  validateSearch: parseCameBack,
  component: lazyRouteComponent(() => codeOfPage(import("../order/OrderPage.js")), "OrderPage"),
});

const orderProgressRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/orders/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../order/OrderProgressPage.js")), "OrderProgressPage"),
});

const quotesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/quotes",
  validateSearch: parseQuotesSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../quotes/QuotesPage.js")), "QuotesPage"),
});

const quoteRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/quotes/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../quotes/QuotePage.js")), "QuotePage"),
});

const catalogueRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/catalogue",
  validateSearch: parseCatalogueSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../catalogue/CataloguePage.js")), "CataloguePage"),
});

const subscriptionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/catalogue/subscriptions",
  component: lazyRouteComponent(() => codeOfPage(import("../catalogue/SubscriptionsPage.js")), "SubscriptionsPage"),
});

const sellingRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/catalogue/selling",
  component: lazyRouteComponent(() => codeOfPage(import("../catalogue/SellingPage.js")), "SellingPage"),
});

const pricesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/prices",
  validateSearch: parsePricesSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../prices/PricesPage.js")), "PricesPage"),
});

const priceListRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/prices/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../prices/PriceListPage.js")), "PriceListPage"),
});

const walletRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/wallet",
  validateSearch: parseWalletSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../wallet/WalletPage.js")), "WalletPage"),
});

const paymentsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/payments",
  validateSearch: parsePaymentsSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../payments/PaymentsPage.js")), "PaymentsPage"),
});

const providerEventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/payments/events",
  validateSearch: parseEventsSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../payments/ProviderEventsPage.js")), "ProviderEventsPage"),
});

const billingRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/billing",
  validateSearch: parseBillingSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../billing/BillingPage.js")), "BillingPage"),
});

const invoicesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/billing/invoices",
  validateSearch: parseInvoicesSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../invoices/InvoicesPage.js")), "InvoicesPage"),
});

const invoiceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/billing/invoices/$id",
  validateSearch: parseCameBack,
  component: lazyRouteComponent(() => codeOfPage(import("../invoices/InvoicePage.js")), "InvoicePage"),
});

const approvalsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/approvals",
  component: lazyRouteComponent(() => codeOfPage(import("../approvals/ApprovalsPage.js")), "ApprovalsPage"),
});

const messagesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/messages",
  component: lazyRouteComponent(() => codeOfPage(import("../messages/MessagesPage.js")), "MessagesPage"),
});

const conversationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/messages/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../messages/ConversationPage.js")), "ConversationPage"),
});

const apiKeysRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/api-keys",
  component: lazyRouteComponent(() => codeOfPage(import("../api-keys/ApiKeysPage.js")), "ApiKeysPage"),
});

const securityRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/security",
  component: lazyRouteComponent(() => codeOfPage(import("../security/SecurityPage.js")), "SecurityPage"),
});

const rolesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/roles",
  validateSearch: (search: Record<string, unknown>): { find?: string } =>
    typeof search["find"] === "string" && search["find"] !== "" ? { find: search["find"].slice(0, 60) } : {},
  component: lazyRouteComponent(() => codeOfPage(import("../roles/RolesPage.js")), "RolesPage"),
});

const invitationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/invitations",
  validateSearch: parseInvitationsSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../invitations/InvitationsPage.js")), "InvitationsPage"),
});

const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audit",
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../audit/AuditPage.js")), "AuditPage"),
});

const organisationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/organisation",
  validateSearch: parseOrganisationSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../organisation/OrganisationPage.js")), "OrganisationPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/organisation",
  validateSearch: (search: Record<string, unknown>): { find?: string; key?: string } => ({
    ...(typeof search["find"] === "string" && search["find"] !== "" && { find: search["find"].slice(0, 60) }),
    ...(typeof search["key"] === "string" && { key: search["key"].slice(0, 60) }),
  }),
  component: lazyRouteComponent(() => codeOfPage(import("../settings/SettingsPage.js")), "SettingsPage"),
});

const rehearsalRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/rehearsal/$sessionId",
  component: lazyRouteComponent(() => codeOfPage(import("../rehearsal/RehearsalPage.js")), "RehearsalPage"),
});

const peopleRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/people",
  validateSearch: parsePeopleSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../people/PeoplePage.js")), "PeoplePage"),
});

const personRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/people/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../people/PersonPage.js")), "PersonPage"),
});

const profileRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/profile",
  component: lazyRouteComponent(() => codeOfPage(import("../profile/ProfilePage.js")), "ProfilePage"),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  acceptInvitationRoute,
  signUpRoute,
  resetPasswordRoute,
  verifyEmailRoute,
  shellRoute.addChildren([
    dashboardRoute,
    machinesRoute,
    machineRoute,
    orderRoute,
    orderProgressRoute,
    quotesRoute,
    quoteRoute,
    catalogueRoute,
    subscriptionsRoute,
    sellingRoute,
    pricesRoute,
    priceListRoute,
    walletRoute,
    billingRoute,
    invoicesRoute,
    invoiceRoute,
    paymentsRoute,
    providerEventsRoute,
    approvalsRoute,
    messagesRoute,
    conversationRoute,
    rehearsalRoute,
    organisationRoute,
    apiKeysRoute,
    auditRoute,
    invitationsRoute,
    peopleRoute,
    personRoute,
    profileRoute,
    rolesRoute,
    settingsRoute,
    securityRoute,
    notificationsRoute,
  ]),
]);

export function createAppRouter(services: Services) {
  const router = createRouter({
    routeTree,
    context: { services },
    basepath: import.meta.env.BASE_URL,
    defaultPreload: "intent",
    defaultPendingMs: 200,
    defaultPendingComponent: PendingPage,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  });
  // Signing in or out, here or in another tab, decides anew what may be shown.
  services.session.state.subscribe(() => {
    router.invalidate().catch(() => window.location.reload());
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
