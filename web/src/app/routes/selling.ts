import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { codeOfPage } from "../../api/code.js";
import { parseCatalogueSearch } from "../../catalogue/catalogue-search.js";
import { parsePricesSearch } from "../../prices/prices-search.js";
import { parseQuotesSearch } from "../../quotes/quotes-search.js";
import { shellRoute } from "./shell.js";

const quotesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/quotes",
  validateSearch: parseQuotesSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../quotes/QuotesPage.js")), "QuotesPage"),
});

const quoteRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/quotes/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../../quotes/QuotePage.js")), "QuotePage"),
});

const catalogueRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/catalogue",
  validateSearch: parseCatalogueSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../catalogue/CataloguePage.js")), "CataloguePage"),
});

const subscriptionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/catalogue/subscriptions",
  component: lazyRouteComponent(() => codeOfPage(import("../../catalogue/SubscriptionsPage.js")), "SubscriptionsPage"),
});

const sellingRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/catalogue/selling",
  component: lazyRouteComponent(() => codeOfPage(import("../../catalogue/SellingPage.js")), "SellingPage"),
});

const pricesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/prices",
  validateSearch: parsePricesSearch,
  component: lazyRouteComponent(() => codeOfPage(import("../../prices/PricesPage.js")), "PricesPage"),
});

const priceListRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: "/prices/$id",
  component: lazyRouteComponent(() => codeOfPage(import("../../prices/PriceListPage.js")), "PriceListPage"),
});

/** What is offered, at which price, and what was agreed. */
export const sellingRoutes = {
  quotesRoute,
  quoteRoute,
  catalogueRoute,
  subscriptionsRoute,
  sellingRoute,
  pricesRoute,
  priceListRoute,
};
