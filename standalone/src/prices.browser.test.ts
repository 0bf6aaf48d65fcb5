import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { BookClock } from "./testing/book-clock.js";
import { launchChromium } from "./testing/chromium.js";
import { describeMachine, payByProvider } from "./testing/money-pages.js";
import { TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

const BEHIND_MS = 1_500;

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;
let customer: Page;
let operator: Page;
/** Ahead of everybody's clock, as a demo's may be: what begins now begins by this one. */
const books = new BookClock();

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([TestTollgate.start(inject("postgresUrl"), {}, books.now), launchChromium()]);
  visitors = new Visitors(browser, tollgate.url);
  [customer, operator] = [await visitors.open(), await visitors.open()];
  // What time it is comes late to the operator, whose page is behind the books then.
  await operator.route("**/graphql", async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    if (body.includes('"billingTime"')) await delay(BEHIND_MS);
    await route.fulfill({ response, body });
  });
  await visitors.signIn(customer, "customer", "/order");
  await visitors.signIn(operator, "operator", "/prices");
});

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const page of [customer, operator]) process.stderr.write(`${await page.locator("main").innerText()}\n`);
});

afterAll(async () => {
  const complaints = await visitors.leave();
  await browser.close();
  await tollgate.stop();
  expect(complaints).toEqual([]);
});

/** The total of the price that is on the page. */
const total = (page: Page): Promise<string> =>
  page
    .getByRole("row", { name: /^Total a month/ })
    .getByRole("cell")
    .innerText();

describe("a price, from the order form to paper, and from a draft to everybody", () => {
  let kept = "";

  it("builds up while a machine is put together, and is kept as a quote", async () => {
    await describeMachine(customer, "small", "counter-1");
    await customer.getByRole("row", { name: /^vCPU/ }).waitFor();
    const bare = await total(customer);
    await customer.getByLabel("Back it up").check();
    await customer.getByRole("row", { name: /^Backup/ }).waitFor();
    kept = await total(customer);
    expect(kept).not.toBe(bare);
    await customer.getByRole("button", { name: "Keep as a quote" }).click();
    await customer
      .getByRole("status")
      .getByText(/^The price is good for 13 days more/)
      .waitFor();
    expect(await total(customer)).toBe(kept);
  });

  it("says where a line comes from, and comes as a PDF", async () => {
    await customer.locator("summary", { hasText: "vCPU" }).click();
    await customer.getByRole("link", { name: "Standard, version 1" }).first().waitFor();
    const [download] = await Promise.all([
      customer.waitForEvent("download"),
      customer.getByRole("button", { name: "Download PDF" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^Quote-Q-\d{6}\.pdf$/);
    expect(await download.failure()).toBeNull();
  });

  it("changes for new quotes as soon as a draft is published, and not for those that are open", async () => {
    await operator.getByRole("button", { name: "New list" }).click();
    await operator.getByRole("dialog").getByLabel("Name").fill("Dearer");
    await operator.getByRole("button", { name: "Make the draft" }).click();
    await operator.getByLabel("Rate of vCPU in ZAR").fill("90");
    await operator.getByText("+50 %").waitFor();
    await operator.getByRole("button", { name: "Publish…" }).click();
    await operator.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
    await operator.getByText("Counts now").waitFor();
    await customer.reload();
    await customer.getByRole("button", { name: `Order for ${kept}` }).waitFor();
    await customer.goto(`${tollgate.url}/order`);
    await customer
      .getByRole("row", { name: /^vCPU/ })
      .getByText(/^R\s90,00$/)
      .waitFor();
  });
});

/** Opens a view of the operator's prices. */
const view = async (name: string): Promise<void> => {
  await operator.getByRole("link", { name: "Prices", exact: true }).first().click();
  await operator.getByRole("radiogroup", { name: "What to see" }).getByText(name, { exact: true }).click();
};

describe("offers, from their first day to their last", () => {
  it("take something off while a promotion holds, and nothing once it is ended", async () => {
    const bare = await total(customer);
    await view("Promotions");
    await operator.getByRole("button", { name: "New promotion" }).click();
    await operator.getByRole("dialog").getByLabel("Name").fill("Autumn");
    await operator.getByRole("dialog").getByLabel("Off, in %").fill("7,5");
    await operator.getByRole("button", { name: "Make the promotion" }).click();
    await operator.getByRole("button", { name: "End Autumn" }).waitFor();
    await customer.reload();
    await customer.getByRole("row", { name: /Autumn/ }).waitFor();
    await operator.getByRole("button", { name: "End Autumn" }).click();
    await operator.getByRole("button", { name: "End it" }).click();
    await operator.getByText("Ended", { exact: true }).waitFor();
    await customer.reload();
    await expect.poll(() => total(customer)).toBe(bare);
    expect(await customer.getByRole("row", { name: /Autumn/ }).count()).toBe(0);
  });

  it("add to a top-up by a coupon as often as it may be used, and then no more", async () => {
    await view("Coupons");
    await operator.getByRole("button", { name: "New coupon" }).click();
    await operator.getByRole("dialog").getByLabel("Code").fill("WELCOME-10");
    await operator.getByRole("dialog").getByLabel("How many %").fill("10");
    await operator.getByRole("dialog").getByLabel("Times in all").fill("1");
    await operator.getByRole("button", { name: "Make the coupon" }).click();
    const entry = operator.getByRole("listitem").filter({ hasText: "WELCOME-10" });
    await entry.getByText("Active", { exact: true }).waitFor();
    await customer.getByRole("link", { name: "Wallet", exact: true }).click();
    await customer.getByLabel(/^Amount in/).fill("500");
    await useCoupon(/^Adds R\s50,00/);
    await payByProvider(customer, "PayGate", "500");
    await customer.getByText(/A coupon added R\s50,00/).waitFor();
    await operator.reload();
    await entry.getByText("Used up", { exact: true }).waitFor();
    await customer.getByRole("button", { name: "Another top-up" }).click();
    await customer.getByLabel(/^Amount in/).fill("500");
    await useCoupon("This coupon cannot be used for this amount.");
  });
});

/** Types the coupon's code, and waits for what the page says to it. */
const useCoupon = async (answer: string | RegExp): Promise<void> => {
  await customer.getByRole("button", { name: "Use a coupon" }).click();
  await customer.getByLabel("Coupon", { exact: true }).fill("WELCOME-10");
  await customer.getByText(answer).waitFor();
};
