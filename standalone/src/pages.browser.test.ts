import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { launchChromium } from "./testing/chromium.js";
import { TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

/** Compressed bytes of script that the page asked for may take at first; what is loaded for it later is not of these. */
const FIRST_SCRIPT_BYTES = 200_000;

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([TestTollgate.start(inject("postgresUrl")), launchChromium()]);
  visitors = new Visitors(browser, tollgate.url);
});

afterEach(async () => {
  // Nothing may have been said in a console, whatever was opened.
  expect(await visitors.leave()).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await tollgate.stop();
});

type Screen = { width: number; colorScheme: "light" | "dark" };
const DESK: Screen = { width: 1440, colorScheme: "light" };
const PHONE: Screen = { width: 390, colorScheme: "dark" };
/** What can be another on another screen. */
const OF_THE_SCREEN = ["color-contrast", "scrollable-region-focusable"];

/** What axe objects to, and whether the page is wider than the screen. */
const faultsOf = async (page: Page, rules?: string[]): Promise<string[]> => {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  const excess = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  return excess > 0 ? [...faults, `${excess} px wider than the screen`] : faults;
};

const turnTo = async (page: Page, { width, colorScheme }: Screen): Promise<void> => {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: "attached" });
};

const settled = async (page: Page, name?: string): Promise<void> => {
  await page.getByRole("heading", { level: 1, ...(name !== undefined && { name, exact: true }) }).waitFor();
  await expect.poll(() => page.locator("[aria-busy=true]").count()).toBe(0);
};

/** Where the navigation leads: what it says, and the address. */
const placesOf = async (page: Page): Promise<[name: string, path: string][]> => {
  const links = page.getByRole("navigation", { name: "Main" }).locator("a[href]");
  const all = await links.evaluateAll((found) =>
    found.map((link): [string, string] => [link.textContent ?? "", link.getAttribute("href") ?? ""]),
  );
  return [...new Map(all)];
};

/** As a person goes: what a phone's bar has no room for stands behind a button. */
const goTo = async (page: Page, path: string): Promise<void> => {
  const navigation = page.getByRole("navigation", { name: "Main" });
  const link = navigation.locator(`a[href="${path}"]:visible`);
  if ((await link.count()) === 0) await navigation.getByRole("button", { name: "More" }).click();
  await link.click();
};

describe.each([
  // The operator's has the most pages: on it everything is looked at on both screens.
  { who: "operator", screen: PHONE, other: DESK },
  { who: "customer", screen: DESK, other: null },
])("the navigation of $who at $screen.width px", ({ who, screen, other }) => {
  it("leads to pages of the same name, which fit the screen and have nothing that axe objects to", async () => {
    const page = await visitors.open(screen);
    await visitors.signIn(page, who);
    const places = await placesOf(page);
    expect(places.length).toBeGreaterThan(10);
    const faults: Record<string, string[]> = {};
    for (const [name, path] of places) {
      await goTo(page, path);
      await settled(page, name);
      expect(await page.title()).toBe(`${name} – Tollgate`);
      const found = await faultsOf(page);
      if (other) {
        await turnTo(page, other);
        found.push(...(await faultsOf(page, OF_THE_SCREEN)));
        await turnTo(page, screen);
      }
      if (found.length > 0) faults[path] = found;
    }
    expect(faults).toEqual({});
  }, 300_000);
});

/** Where other pages lead, and not the navigation: each by its address, and what a list of it opens first. */
const BEHIND_OTHERS: { path: string; opens?: RegExp }[] = [
  { path: "/billing/invoices", opens: /^INV-/ },
  { path: "/catalogue/subscriptions" },
  { path: "/catalogue/selling" },
  { path: "/payments/events" },
  { path: "/prices", opens: /^Standard/ },
  { path: "/prices?view=promotions" },
  { path: "/prices?view=coupons" },
  { path: "/prices?view=taxes" },
];

describe("the pages of money behind others", () => {
  it("fit both screens and have nothing that axe objects to", async () => {
    const page = await visitors.open(PHONE);
    await visitors.signIn(page, "operator");
    const faults: Record<string, string[]> = {};
    for (const { path, opens } of BEHIND_OTHERS) {
      await page.goto(`${tollgate.url}${path}`);
      await settled(page);
      if (opens) {
        await page.getByRole("main").getByRole("link", { name: opens }).first().click();
        await page.getByRole("heading", { level: 1, name: opens }).waitFor();
        await settled(page);
      }
      const found = await faultsOf(page);
      await turnTo(page, DESK);
      found.push(...(await faultsOf(page, OF_THE_SCREEN)));
      await turnTo(page, PHONE);
      if (found.length > 0) faults[path] = found;
    }
    expect(faults).toEqual({});
  }, 120_000);
});

describe("the pages for people who are not signed in", () => {
  it("fit every screen and have nothing that axe objects to", async () => {
    const page = await visitors.open(PHONE);
    const faults: Record<string, string[]> = {};
    for (const path of ["/sign-in", "/sign-up", "/reset-password?token=gone", "/accept-invitation", "/nowhere"]) {
      await page.goto(`${tollgate.url}${path}`);
      await settled(page);
      const found = await faultsOf(page);
      await turnTo(page, DESK);
      found.push(...(await faultsOf(page, OF_THE_SCREEN)));
      await turnTo(page, PHONE);
      if (found.length > 0) faults[path] = found;
    }
    expect(faults).toEqual({});
  });

  it("ask for less than 200 kB of compressed script at the first visit", async () => {
    const page = await visitors.open();
    await page.goto(`${tollgate.url}/sign-in`, { waitUntil: "networkidle" });
    await page.getByLabel("E-mail").waitFor();
    const scripts = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .flatMap((entry) => (entry instanceof PerformanceResourceTiming ? [entry] : []))
        .filter(({ name }) => name.endsWith(".js"))
        .map(({ encodedBodySize }) => encodedBodySize),
    );
    expect(scripts.length).toBeGreaterThan(1);
    expect(scripts.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_SCRIPT_BYTES);
  });
});
