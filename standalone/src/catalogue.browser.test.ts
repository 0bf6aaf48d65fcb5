import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchChromium } from "./testing/chromium.js";
import { TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([TestTollgate.start(inject("postgresUrl")), launchChromium()]);
  visitors = new Visitors(browser, tollgate.url);
});

afterAll(async () => {
  const complaints = await visitors.leave();
  await browser.close();
  await tollgate.stop();
  expect(complaints).toEqual([]);
});

it("a reseller puts a service on sale, its customer finds it, subscribes, changes, cancels, goes on, and has a product quoted", async () => {
  const reseller = await visitors.open();
  await visitors.signIn(reseller, "reseller", "/catalogue/selling");
  await reseller.getByRole("button", { name: "Put something on sale" }).click();
  const sale = reseller.getByRole("dialog");
  await sale.getByRole("button", { name: "Put it on sale" }).click();
  await sale.getByText("Give it a name.").waitFor();
  await sale.getByText("Enter a price.").waitFor();
  await sale.getByLabel("Name").fill("Night watch");
  await sale.getByLabel("Category").fill("Watching");
  await sale.getByLabel("Price in ZAR, before tax").fill("100");
  await sale.getByRole("button", { name: "Put it on sale" }).click();
  await reseller.getByRole("heading", { name: "Night watch" }).waitFor();
  await reseller.getByText("0 subscriptions").first().waitFor();

  const page = await visitors.open();
  await visitors.signIn(page, "customer", "/catalogue");
  await page.getByRole("button", { name: "Watching" }).click();
  await page.getByLabel("Find").fill("night");
  await page.getByRole("button", { name: "Subscribe: Night watch" }).click();
  const dialog = page.getByRole("dialog");
  // R100 and the tax on it, step by step.
  await dialog.getByText("VAT, 15 %").waitFor();
  await dialog.getByRole("button", { name: "Subscribe" }).click();
  await dialog.getByText("You are subscribed to Night watch.").waitFor();
  await dialog.getByRole("link", { name: "See your subscriptions" }).click();

  await page.getByRole("heading", { name: "Service subscriptions" }).waitFor();
  await page.getByRole("button", { name: "Change Night watch" }).click();
  await dialog.getByLabel("How many").fill("3");
  await dialog.getByText("3 × Night watch, for the rest of the period").waitFor();
  await dialog.getByRole("button", { name: "Change it" }).click();
  await page.getByRole("heading", { name: "3 × Night watch" }).waitFor();
  await page.getByRole("button", { name: "Cancel 3 × Night watch" }).click();
  await dialog.getByRole("button", { name: "Cancel the subscription" }).click();
  await page.getByText("Cancelled: ends on").waitFor();
  await page.getByRole("button", { name: "Go on with 3 × Night watch" }).click();
  await dialog.getByRole("button", { name: "Go on with it" }).click();
  await page.getByText("Renews on").waitFor();

  await reseller.reload();
  await reseller.getByText("1 subscription,").waitFor();

  await page.goto(`${tollgate.url}/catalogue`);
  await page.getByRole("button", { name: "Quote: Moving in" }).click();
  await page.getByRole("button", { name: "Make the quote" }).click();
  await dialog.getByRole("textbox", { name: "Moving in" }).fill("2");
  await dialog.getByText("R 3 450,00").waitFor();
  await dialog.getByRole("button", { name: "Keep as a quote" }).click();
  await page.getByRole("heading", { name: "2 × Moving in" }).waitFor();
  await page.getByRole("button", { name: "Order for R 3 450,00" }).waitFor();
});
