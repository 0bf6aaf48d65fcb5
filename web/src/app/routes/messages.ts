import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { codeOfPage } from "../../api/code.js";
import { shellRoute } from "./shell.js";

const messagesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/messages",
  component: lazyRouteComponent(() => codeOfPage(import("../../messages/MessagesPage.js")), "MessagesPage"),
});

const conversationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/messages/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../../messages/ConversationPage.js")), "ConversationPage"),
});

const rehearsalRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/rehearsal/$sessionId",
  component: lazyRouteComponent(() => codeOfPage(import("../../rehearsal/RehearsalPage.js")), "RehearsalPage"),
});

/** Conversations with the contacts of an organisation. */
export const messageRoutes = {
  messagesRoute,
  conversationRoute,
  rehearsalRoute,
};
