import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { codeOfPage } from "../../api/code.js";
import { parseMachineSearch } from "../../machine/machine-search.js";
import { parseMachinesSearch } from "../../machines/machines-search.js";
import { parseCameBack } from "../../wallet/came-back.js";
import { shellRoute } from "./shell.js";

const machinesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/machines",
  validateSearch: parseMachinesSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../machines/MachinesPage.js")), "MachinesPage"),
});

const machineRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/machines/$id",
  validateSearch: parseMachineSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../machine/MachinePage.js")), "MachinePage"),
});

const orderRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/order",
  validateSearch: parseCameBack,
  component: lazyRouteComponent(() => codeOfPage(import("../../order/OrderPage.js")), "OrderPage"),
});

const orderProgressRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/orders/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../../order/OrderProgressPage.js")), "OrderProgressPage"),
});

/** Machines, and the way to a new one. */
export const machineRoutes = {
  machinesRoute,
  machineRoute,
  orderRoute,
  orderProgressRoute,
};
