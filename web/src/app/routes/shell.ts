import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { codeOfPage } from "../../api/code.js";
import { NotFoundPage } from "../../components/PageStates.js";
import { rootRoute } from "./root.js";

/** Everything inside the shell asks for a signed-in person, and brings back to where one wanted to go. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    await context.services.ready();
    const { status, reason } = context.services.session.state.get();
    if (status === "signed-in") return;
    const next = reason === "left" || location.href === "/" ? {} : { next: location.href };
    throw redirect({ to: "/sign-in", search: next, replace: true });
  },
  component: lazyRouteComponent(() => codeOfPage(import("../Shell.js")), "Shell"),
  notFoundComponent: NotFoundPage,
});

export const dashboardRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/",
  component: lazyRouteComponent(() => codeOfPage(import("../../dashboard/DashboardPage.js")), "DashboardPage"),
});
