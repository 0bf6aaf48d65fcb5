import { availableParallelism } from "node:os";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { DEMO_PASSWORD } from "./demo/organisations.js";
import { launchChromium } from "./testing/chromium.js";
import { burn } from "./testing/load.js";
import { pairPhone, writeAsContact } from "./testing/phone-pages.js";
import { TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([TestTollgate.start(inject("postgresUrl")), launchChromium()]);
  visitors = new Visitors(browser, tollgate.url);
});

afterEach(async () => {
  expect(await visitors.leave()).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await tollgate.stop();
});

/** The last percentage that a panel shows. */
const percentIn = async (page: Page, panel: string): Promise<number> => {
  const text = await page.getByRole("region", { name: panel }).innerText();
  const shown = [...text.matchAll(/(\d+(?:[.,]\d+)?)\s*%/g)].map((match) => Number(match[1]?.replace(",", ".")));
  // The axis of the chart is drawn, not written; what is written is the newest value.
  return shown.at(-1) ?? Number.NaN;
};

/** Nothing that axe objects to, in either scheme, and nothing wider than the screen. */
const expectFit = async (page: Page): Promise<void> => {
  const objections = async (axe: AxeBuilder) =>
    (await axe.analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  expect(await objections(new AxeBuilder({ page })), `${page.url()}, light`).toEqual([]);
  await turnTo(page, "dark");
  // Only colours are others now.
  expect(await objections(new AxeBuilder({ page }).withRules("color-contrast")), `${page.url()}, dark`).toEqual([]);
  await turnTo(page, "light");
  const overflow = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(overflow, page.url()).toBeLessThanOrEqual(0);
};

const turnTo = async (page: Page, colorScheme: "light" | "dark"): Promise<void> => {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: "attached" });
};

describe("a stranger's first visit", () => {
  it("signs in as a customer with the code from the mailbox and sees its own machines move", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "customer");
    await page.getByRole("heading", { name: "Dashboard" }).waitFor();
    await expect.poll(() => page.locator("body").innerText()).toContain("Springbok Foods");
    await page.getByText("Live", { exact: true }).waitFor();

    await page.getByRole("link", { name: "Machines" }).first().click();
    // The dashboard shows the busiest machines, and goes away only now.
    await page.getByRole("heading", { name: "Machines", level: 1 }).waitFor();
    await page.getByRole("link", { name: "web-1" }).first().waitFor();
    expect(await page.locator("main").innerText()).not.toContain("Jacaranda");
    await page.getByRole("link", { name: "web-1" }).first().click();
    await page.getByRole("heading", { name: "web-1" }).waitFor();
    const clock = () => page.getByRole("region", { name: "CPU now" }).innerText();
    const before = await clock();
    await expect.poll(clock).not.toBe(before);
    expect(await page.getByRole("region", { name: "Cost per hour" }).innerText()).toContain(
      "R 0,42".replace(" ", "\u00a0"),
    );
  });

  it("signs in as the operator, puts load on the computer and sees its own machine's CPU rise, there and in GraphiQL", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "operator");
    const operator = await tollgate.signIn("operator");
    const { data } = await operator.ask("{ vms(first: 100) { nodes { id name organisation { kind } } } }");
    const host = data.vms.nodes.find((vm: { organisation: { kind: string } }) => vm.organisation.kind === "INTERNAL");
    await page.goto(`${tollgate.url}/machines/${host.id}`);
    await page.getByRole("heading", { name: host.name }).waitFor();
    await expect.poll(() => percentIn(page, "CPU now")).toBeGreaterThanOrEqual(0);
    const explorer = await page.context().newPage();
    await explorer.goto(`${tollgate.url}/graphiql`);
    const chooseExample = async () => {
      await explorer.getByRole("tab", { name: "LiveMachines" }).click();
      return explorer.locator(".graphiql-query-editor").innerText();
    };
    // Its editor is loaded after the tabs can be clicked.
    await expect.poll(chooseExample).toMatch(/vmSamples/);
    await explorer.getByRole("button", { name: /execute query/i }).click();
    const answer = () => explorer.locator(".graphiql-response").innerText();
    await expect.poll(answer).toContain('"cpuPercent"');
    const load = burn(availableParallelism());
    try {
      await page.bringToFront();
      await expect.poll(() => percentIn(page, "CPU now")).toBeGreaterThan(90);
    } finally {
      await load.end();
    }
  });

  it("is told of a new sign-in while looking, marks it as read, and signs out in every tab", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "reseller", "/notifications");
    await page.getByRole("heading", { name: "Notifications" }).waitFor();
    const unread = page.getByRole("button", { name: /^Mark as read/ });
    await expect.poll(() => unread.count()).toBeGreaterThan(0);
    const before = await unread.count();
    // Another device of the same person: the news arrives without a reload.
    await tollgate.signIn("reseller");
    await expect.poll(() => unread.count()).toBeGreaterThan(before);
    await page.getByRole("button", { name: "Mark all as read" }).click();
    await expect.poll(() => unread.count()).toBe(0);
    const other = await page.context().newPage();
    await other.goto(`${tollgate.url}/machines`);
    await other.getByRole("heading", { name: "Machines" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").waitFor();
    await other.getByLabel("E-mail").waitFor();
  });

  it("comes back to where it was going after signing in, and learns that a foreign machine does not exist", async () => {
    const page = await visitors.open();
    const { data } = await (await tollgate.signIn("customer")).ask("{ vms(first: 1) { nodes { id } } }");
    await visitors.signIn(page, "clinics", `/machines/${data.vms.nodes[0].id}`);
    await expect.poll(() => page.url()).toContain("/machines/");
    await page
      .getByText(/no such machine|does not exist|not found/i)
      .first()
      .waitFor();
  });

  it("refuses a wrong password and a wrong code in words", async () => {
    const page = await visitors.open();
    await page.goto(tollgate.url);
    await page.getByLabel("E-mail").fill("viewer@tollgate.example");
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(/do not match/).waitFor();
    await page.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("Code").fill("000000");
    await page.getByText(/code is not right/).waitFor();
  });
});

describe.each([{ width: 1440 }, { width: 390 }])("every page at $width px, light and dark", ({ width }) => {
  it("has nothing that axe objects to, and does not scroll sideways", async () => {
    const page = await visitors.open({ width });
    await page.goto(tollgate.url);
    await page.getByLabel("E-mail").waitFor();
    await expectFit(page);
    await visitors.signIn(page, "customer", "/messages");
    await page.getByRole("heading", { level: 1 }).waitFor();
    if (width > 600) await writeAsContact(await pairPhone(page, "Front desk"), "Do you deliver on Sundays?");
    const customer = await tollgate.signIn("customer");
    const { data } = await customer.ask("{ vms(first: 1) { nodes { id } } conversations(first: 1) { nodes { id } } }");
    for (const path of [
      "/",
      "/machines",
      `/machines/${data.vms.nodes[0].id}`,
      "/order",
      "/wallet",
      "/approvals",
      "/messages",
      `/messages/${data.conversations.nodes[0].id}`,
      "/api-keys",
      "/notifications",
      "/nowhere",
    ]) {
      await page.goto(`${tollgate.url}${path}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await expect.poll(() => page.locator("[aria-busy=true]").count()).toBe(0);
      await expectFit(page);
    }
  }, 480_000);
});

describe("a dashboard that is open while the server restarts", () => {
  it("says that it reconnects, and is live again by itself", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "viewer");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page
      .getByText(/reconnecting|offline/i)
      .first()
      .waitFor();
    await page.context().setOffline(false);
    await page.getByText("Live", { exact: true }).waitFor();
    visitors.forgive();
  });
});
