import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { codeOfPage } from "../../api/code.js";
import { parseAuditSearch } from "../../audit/audit-search.js";
import { parseInvitationsSearch } from "../../invitations/invitation-words.js";
import { parseOrganisationSearch } from "../../organisation/organisation-words.js";
import { parsePeopleSearch } from "../../people/people-search.js";
import { shellRoute } from "./shell.js";

const organisationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/organisation",
  validateSearch: parseOrganisationSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../organisation/OrganisationPage.js")), "OrganisationPage"),
});

const peopleRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/people",
  validateSearch: parsePeopleSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../people/PeoplePage.js")), "PeoplePage"),
});

const personRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/people/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../../people/PersonPage.js")), "PersonPage"),
});

const rolesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/roles",
  validateSearch: (search: Record<string, unknown>): { find?: string } =>
    typeof search["find"] === "string" && search["find"] !== "" ? { find: search["find"].slice(0, 60) } : {},
  component: lazyRouteComponent(() => codeOfPage(import("../../roles/RolesPage.js")), "RolesPage"),
});

const invitationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/invitations",
  validateSearch: parseInvitationsSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../invitations/InvitationsPage.js")), "InvitationsPage"),
});

const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/audit",
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../audit/AuditPage.js")), "AuditPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/settings/organisation",
  validateSearch: (search: Record<string, unknown>): { find?: string; key?: string } => ({
    ...(typeof search["find"] === "string" && search["find"] !== "" && { find: search["find"].slice(0, 60) }),
    ...(typeof search["key"] === "string" && { key: search["key"].slice(0, 60) }),
  }),
  component: lazyRouteComponent(() => codeOfPage(import("../../settings/SettingsPage.js")), "SettingsPage"),
});

/** An organisation, its people and what they may do. */
export const organisationRoutes = {
  organisationRoute,
  peopleRoute,
  personRoute,
  rolesRoute,
  invitationsRoute,
  auditRoute,
  settingsRoute,
};
