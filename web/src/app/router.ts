import { createRouter } from "@tanstack/react-router";
import { ErrorPage, NotFoundPage, PendingPage } from "../components/PageStates.js";
import { machineRoutes } from "./routes/machines.js";
import { messageRoutes } from "./routes/messages.js";
import { moneyRoutes } from "./routes/money.js";
import { organisationRoutes } from "./routes/organisation.js";
import { publicRoutes } from "./routes/public.js";
import { rootRoute } from "./routes/root.js";
import { sellingRoutes } from "./routes/selling.js";
import { dashboardRoute, shellRoute } from "./routes/shell.js";
import { ownRoutes } from "./routes/you.js";
import type { Services } from "./services.js";

const routeTree = rootRoute.addChildren({
  ...publicRoutes,
  shellRoute: shellRoute.addChildren({
    dashboardRoute,
    ...machineRoutes,
    ...moneyRoutes,
    ...sellingRoutes,
    ...messageRoutes,
    ...organisationRoutes,
    ...ownRoutes,
  }),
});

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
