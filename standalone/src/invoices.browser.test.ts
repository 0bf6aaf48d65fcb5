import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchChromium } from "./testing/chromium.js";
import { TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;
let reseller: Page;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([TestTollgate.start(inject("postgresUrl")), launchChromium()]);
  visitors = new Visitors(browser, tollgate.url);
  reseller = await visitors.open();
  await visitors.signIn(reseller, "reseller", "/billing/invoices");
});

afterAll(async () => {
  const complaints = await visitors.leave();
  await browser.close();
  await tollgate.stop();
  expect(complaints).toEqual([]);
});

it("is found in the list, opened with its lines, taken as a PDF, and taken back in part by its issuer", async () => {
  await reseller.getByRole("link", { name: /^INV-/ }).first().click();
  await reseller.getByRole("heading", { level: 1, name: /^INV-/ }).waitFor();
  const pdf = reseller.waitForEvent("download");
  await reseller.getByRole("button", { name: "Download PDF" }).click();
  expect((await pdf).suggestedFilename()).toMatch(/^Tax-invoice-INV-\d{4}-\d{6}\.pdf$/);
  await reseller.getByRole("button", { name: "Credit note" }).click();
  const dialog = reseller.getByRole("dialog", { name: "Issue a credit note" });
  await dialog.getByLabel("Amount in ZAR, with tax").fill("1,15");
  await dialog.getByRole("button", { name: "Issue the credit note" }).click();
  await dialog.getByText("Give a reason of 3 to 500 characters.").waitFor();
  await dialog.getByLabel("Reason").fill("A kindness");
  await dialog.getByRole("button", { name: "Issue the credit note" }).click();
  await reseller.getByText(/^CN-\d{4}-000001$/).waitFor();
  await reseller.getByText("A kindness").waitFor();
  expect((await new AxeBuilder({ page: reseller }).analyze()).violations).toEqual([]);
});
