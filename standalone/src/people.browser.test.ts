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

const objections = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`,
  );

describe("looking after people", () => {
  it("finds somebody, deactivates them with a reason and lets them in again", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "reseller", "/people");
    await page.getByRole("link", { name: "Springbok Foods auditor" }).waitFor();
    expect(await objections(page)).toEqual([]);
    await page.getByRole("searchbox", { name: "Search people" }).fill("AUDITOR");
    await page.waitForURL(/search=AUDITOR/);
    await page.getByRole("link", { name: "Springbok Foods desk" }).waitFor({ state: "detached" });

    await page.getByRole("checkbox", { name: "Choose Springbok Foods auditor" }).check();
    await page.getByRole("button", { name: "Deactivate", exact: true }).first().click();
    const dialog = page.getByRole("dialog", { name: "Deactivate 1 person?" });
    await dialog.getByRole("textbox", { name: "Reason" }).fill("left the company");
    await dialog.getByRole("button", { name: "Deactivate", exact: true }).click();
    await page.getByRole("listitem").filter({ hasText: "auditor" }).getByText("Deactivated").waitFor();

    await page.getByRole("link", { name: "Springbok Foods auditor" }).click();
    await page.getByRole("heading", { name: "Springbok Foods auditor" }).waitFor();
    await page.getByRole("button", { name: "Reactivate", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Reactivate", exact: true }).click();
    await page.getByRole("button", { name: "Deactivate", exact: true }).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goBack();
    await page.emulateMedia({ colorScheme: "dark" });
    await page.getByRole("link", { name: "Springbok Foods auditor" }).waitFor();
    expect(await objections(page)).toEqual([]);
  });

  it("gathers one's own data and downloads it", async () => {
    const page = await visitors.open({ width: 390, colorScheme: "dark" });
    await visitors.signIn(page, "customer", "/profile");
    await page.getByRole("button", { name: "Gather my data" }).click();
    await page.getByRole("button", { name: "Download the archive" }).waitFor();
    expect(await objections(page)).toEqual([]);
  });

  it("erases somebody after their e-mail was typed", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "reseller", "/people?search=auditor");
    await page.getByRole("link", { name: "Springbok Foods auditor" }).click();
    await page.getByRole("button", { name: "Erase", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Erase Springbok Foods auditor?" });
    await dialog.getByRole("textbox", { name: "Reason" }).fill("asked for it");
    const sure = dialog.getByRole("button", { name: "Erase for good" });
    await dialog.getByRole("textbox", { name: /^Type/ }).fill("somebody@tollgate.example");
    expect(await sure.isDisabled()).toBe(true);
    await dialog.getByRole("textbox", { name: /^Type/ }).fill("viewer@tollgate.example");
    await sure.click();
    await page.getByRole("heading", { name: /^Erased person/ }).waitFor();
  });
});
