import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { codeOfPage } from "../../api/code.js";
import { safeReturnPath } from "../../session/return-path.js";
import { rootRoute } from "./root.js";

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
  component: lazyRouteComponent(() => codeOfPage(import("../../sign-in/SignInPage.js")), "SignInPage"),
});

const signUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-up",
  component: lazyRouteComponent(() => codeOfPage(import("../../registration/SignUpPage.js")), "SignUpPage"),
});

const acceptInvitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/accept-invitation",
  beforeLoad: ({ context }) => context.services.ready(),
  component: lazyRouteComponent(
    () => codeOfPage(import("../../registration/AcceptInvitationPage.js")),
    "AcceptInvitationPage",
  ),
});

const verifyEmailRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/verify-email",
  beforeLoad: ({ context }) => context.services.ready(),
  component: lazyRouteComponent(() => codeOfPage(import("../../verify-email/VerifyEmailPage.js")), "VerifyEmailPage"),
});

const resetPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reset-password",
  beforeLoad: ({ context }) => context.services.ready(),
  component: lazyRouteComponent(() => codeOfPage(import("../../reset/ResetPasswordPage.js")), "ResetPasswordPage"),
});

/** What one may open without being signed in. */
export const publicRoutes = {
  signInRoute,
  signUpRoute,
  acceptInvitationRoute,
  verifyEmailRoute,
  resetPasswordRoute,
};
