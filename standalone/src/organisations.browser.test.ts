import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
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

afterEach(async () => {
  expect(await visitors.leave()).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  await tollgate.stop();
});

const dialog = (page: Page) => page.getByRole("dialog");
const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(`^(Open |Close )?${name}`) });

const DAY = 86_400_000;
/** A day so many days from now, as a date field takes it. */
const dayIn = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

describe("the organisations of an estate", () => {
  it("are created, renamed, moved, suspended, acted for and closed", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "operator", "/organisation");
    await row(page, "Karoo Cloud").click();
    await page.getByRole("heading", { name: "Karoo Cloud" }).waitFor();

    await page.getByRole("button", { name: "New below it" }).click();
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("Aloe Dairy");
    await dialog(page).getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "Aloe Dairy" }).waitFor();
    await row(page, "Aloe Dairy").waitFor();

    await page.getByRole("button", { name: "Rename" }).click();
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("Aloe Creamery");
    await dialog(page).getByRole("button", { name: "Rename" }).click();
    await page.getByRole("heading", { name: "Aloe Creamery" }).waitFor();

    await page.getByRole("button", { name: "Move" }).click();
    await dialog(page).getByRole("combobox", { name: "New place" }).fill("highveld");
    await dialog(page)
      .getByRole("option", { name: /Highveld Hosting/ })
      .click();
    await dialog(page).getByRole("button", { name: "Move" }).click();
    await page.getByRole("definition").filter({ hasText: "Highveld Hosting" }).waitFor();

    await page.getByRole("button", { name: "Suspend" }).click();
    await dialog(page).getByRole("textbox", { name: "Reason" }).fill("Invoices are unpaid");
    await dialog(page).getByRole("button", { name: "Suspend" }).click();
    await page.getByRole("definition").filter({ hasText: "Invoices are unpaid" }).waitFor();
    await page.getByRole("button", { name: "Reactivate" }).click();
    await dialog(page).getByRole("button", { name: "Reactivate" }).click();
    await page.getByRole("button", { name: "Suspend" }).waitFor();

    await page.getByRole("button", { name: "Act for it" }).click();
    await page.getByText("Acting for").waitFor();
    await page.getByRole("link", { name: "Machines" }).first().click();
    await page.getByText("No machine yet").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Acting for Aloe Creamery. Act for another" }).waitFor();
    await page.getByRole("button", { name: /Back to Tollgate Operations/ }).click();
    await page.getByRole("link", { name: "db-1" }).first().waitFor();

    await page.getByRole("link", { name: "Organisations" }).click();
    await page.getByRole("searchbox", { name: "Search organisations" }).fill("creamery");
    await page.getByRole("treegrid", { name: "Organisations found" }).waitFor();
    await row(page, "Aloe Creamery").click();
    await page.getByRole("button", { name: "Close for good" }).click();
    const confirm = dialog(page).getByRole("button", { name: "Close for good" });
    await dialog(page).getByRole("textbox", { name: "Reason" }).fill("They have moved on");
    expect(await confirm.isDisabled()).toBe(true);
    await dialog(page).getByRole("textbox", { name: "Type Aloe Creamery to confirm" }).fill("Aloe Creamery");
    await confirm.click();
    await page.getByRole("definition").filter({ hasText: "They have moved on" }).waitFor();
    expect(await page.getByRole("button", { name: "Act for it" }).count()).toBe(0);
  });

  it("are told by those above how to pay, and have their wallets corrected", async () => {
    const page = await visitors.open({ width: 390, colorScheme: "dark" });
    await visitors.signIn(page, "reseller", "/organisation");
    const change = page.getByRole("button", { name: "Change how it pays" });
    await row(page, "Karoo Cloud").click();
    await page.getByText("In advance, from the beginning").waitFor();
    expect(await change.count()).toBe(0);

    await row(page, "Fynbos Pharmacy").click();
    await change.click();
    await dialog(page)
      .getByRole("radio", { name: /^By invoice/ })
      .check();
    await dialog(page)
      .getByLabel(/^Credit limit/)
      .fill("5 000");
    await dialog(page)
      .getByText(/^From now on Fynbos Pharmacy pays by invoice: .* R\s5\s000,00 at most\.$/)
      .waitFor();
    await dialog(page).getByRole("button", { name: "Change it" }).click();
    await page.getByText(/^By invoice, up to R\s5\s000,00, since/).waitFor();

    await change.click();
    await dialog(page)
      .getByRole("radio", { name: /^In advance/ })
      .check();
    await dialog(page).getByLabel("Counts from").selectOption("day");
    await dialog(page).getByLabel("Day").fill(dayIn(800));
    await dialog(page).getByRole("button", { name: "Change it" }).click();
    await dialog(page).getByText("At most a year ahead.").waitFor();
    await dialog(page).getByLabel("Day").fill(dayIn(40));
    await dialog(page).getByRole("button", { name: "Change it" }).click();
    const planned = page.getByRole("list", { name: "Planned" });
    await planned.getByText(/: in advance$/).waitFor();
    await planned.getByRole("button", { name: /^Replace/ }).click();
    await dialog(page)
      .getByRole("radio", { name: /^By invoice/ })
      .check();
    await dialog(page)
      .getByLabel(/^Credit limit/)
      .fill("7500");
    await dialog(page).getByRole("button", { name: "Change it" }).click();
    await planned.getByText(/: by invoice, up to R\s7\s500,00$/).waitFor();
    await planned.getByRole("button", { name: /^Take back/ }).click();
    await dialog(page).getByRole("button", { name: "Take it back" }).click();
    await planned.waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Act for it" }).click();
    await page.getByRole("link", { name: "Wallet", exact: true }).click();
    await page.getByText(/^By invoice, up to R\s5\s000,00, since/).waitFor();
    await page.getByRole("button", { name: "Adjust the wallet" }).click();
    await dialog(page)
      .getByRole("radio", { name: /^Take money away/ })
      .check();
    await dialog(page)
      .getByLabel(/^Amount in/)
      .fill("9 000 000");
    await dialog(page).getByLabel("Reason").fill("Counted twice");
    await dialog(page).getByRole("button", { name: "Take it away" }).click();
    await dialog(page)
      .getByText(/^At most R/)
      .waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await dialog(page)
      .getByLabel(/^Amount in/)
      .fill("12,34");
    await dialog(page).getByRole("button", { name: "Take it away" }).click();
    const entry = page.getByRole("listitem").filter({ hasText: "Adjustment: Counted twice" });
    await entry.getByText(/^-R\s12,34$/).waitFor();
  });

  it("say why one cannot be closed, are worked by keys alone, and leave axe nothing to find", async () => {
    const page = await visitors.open({ width: 390, colorScheme: "dark" });
    await visitors.signIn(page, "reseller", "/organisation");
    await row(page, "Springbok Foods").waitFor();
    await page.getByRole("treegrid").focus();
    for (const key of ["ArrowLeft", "ArrowRight", "End", "ArrowUp", "Enter"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Close for good" }).click();
    const name = (await page.locator("#organisation-name").innerText()).trim();
    await dialog(page).getByRole("textbox", { name: "Reason" }).fill("They have moved on");
    await dialog(page)
      .getByRole("textbox", { name: /to confirm/ })
      .fill(name);
    await dialog(page).getByRole("button", { name: "Close for good" }).click();
    await dialog(page).getByRole("alert").waitFor();
    expect(await dialog(page).getByRole("alert").innerText()).toMatch(/^(Its wallet holds|The use of its machines)/);
    await page.keyboard.press("Escape");
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
