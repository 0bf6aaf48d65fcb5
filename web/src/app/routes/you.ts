import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { codeOfPage } from "../../api/code.js";
import { shellRoute } from "./shell.js";

const profileRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/profile",
  component: lazyRouteComponent(() => codeOfPage(import("../../profile/ProfilePage.js")), "ProfilePage"),
});

const securityRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/security",
  component: lazyRouteComponent(() => codeOfPage(import("../../security/SecurityPage.js")), "SecurityPage"),
});

const apiKeysRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/api-keys",
  component: lazyRouteComponent(() => codeOfPage(import("../../api-keys/ApiKeysPage.js")), "ApiKeysPage"),
});

const notificationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/notifications",
  validateSearch: (search: Record<string, unknown>): { unread?: true } =>
    search["unread"] === true || search["unread"] === "true" ? { unread: true } : {},
  component: lazyRouteComponent(
    () => codeOfPage(import("../../notifications/NotificationsPage.js")),
    "NotificationsPage",
  ),
});

/** What is about the person who is signed in. */
export const ownRoutes = {
  profileRoute,
  securityRoute,
  apiKeysRoute,
  notificationsRoute,
};
