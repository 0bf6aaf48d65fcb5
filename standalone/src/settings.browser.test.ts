import type { Browser } from "playwright-core";
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

describe("settings", () => {
  it("are changed by a reseller, seen at once by a customer who only inherits them, and taken back", async () => {
    const customer = await visitors.open({ width: 390 });
    await visitors.signIn(customer, "customer", "/settings/organisation?key=billing.graceHours");
    const inherited = customer.getByRole("listitem").filter({ hasText: "billing.graceHours" });
    await inherited.getByText("Default. The organisation above sets it.").waitFor();
    expect(await inherited.getByRole("button").count()).toBe(0);

    const reseller = await visitors.open();
    await visitors.signIn(reseller, "reseller", "/settings/organisation");
    await reseller.getByLabel("Find a setting").fill("grace");
    const own = reseller.getByRole("listitem").filter({ hasText: "billing.graceHours" });
    await own.getByRole("button", { name: "Change: Grace without money" }).click();
    await reseller.getByLabel("Value, in hours").fill("9000");
    await reseller.getByRole("button", { name: "Save" }).click();
    await reseller.getByText("This is more than is allowed.").waitFor();
    await reseller.getByLabel("Value, in hours").fill("36");
    await reseller.getByRole("button", { name: "Save" }).click();
    await own.getByText("36 hours", { exact: true }).waitFor();
    await own.getByText("Set here").waitFor();

    await inherited.getByText("36 hours", { exact: true }).waitFor();
    await inherited.getByText("Inherited from above").waitFor();

    await own.getByRole("button", { name: "Reset: Grace without money" }).click();
    await reseller.getByRole("button", { name: "Reset", exact: true }).click();
    await own.getByText("24 hours", { exact: true }).waitFor();
    await inherited.getByText("24 hours", { exact: true }).waitFor();
  });
});
