import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { launchChromium } from "./testing/chromium.js";
import { describeMachine } from "./testing/money-pages.js";
import { TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;
let customer: Page;
let operator: Page;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([TestTollgate.start(inject("postgresUrl")), launchChromium()]);
  visitors = new Visitors(browser, tollgate.url);
  [customer, operator] = [await visitors.open(), await visitors.open()];
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
