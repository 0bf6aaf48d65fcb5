import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { DEMO_PASSWORD } from "./demo/organisations.js";
import { appShows } from "./testing/authenticator.js";
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

const giveRightPassword = async (page: Page): Promise<void> => {
  await page.getByLabel("E-mail").fill("customer@tollgate.example");
  await page.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
};

const signOut = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.getByLabel("E-mail").waitFor();
};

/** Axe finds nothing, in either scheme. */
const expectClean = async (page: Page): Promise<void> => {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: "attached" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  }
};

describe("a second factor of one's own", () => {
  it("is set up with an app, signs in with it, and with a recovery code when the phone is lost", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "customer", "/security");
    await page.getByText("On: a code comes by e-mail.").waitFor();
    await expectClean(page);

    await page.getByRole("button", { name: "Set up an authenticator app" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your password").fill("not this one");
    await dialog.getByRole("button", { name: "Continue" }).click();
    await dialog.getByText("This password is not right.").waitFor();
    await dialog.getByLabel("Your password").fill(DEMO_PASSWORD);
    await dialog.getByRole("button", { name: "Continue" }).click();
    await dialog.getByRole("img", { name: "QR code to scan with the authenticator app" }).waitFor();
    const key = await dialog.getByTestId("authenticator-key").innerText();
    await expectClean(page);
    const used = appShows(key);
    await dialog.getByLabel("The code that the app shows").fill(used);
    await dialog.getByRole("button", { name: "Use this app" }).click();
    await expect.poll(() => dialog.getByRole("listitem").count()).toBe(10);
    const codes = await dialog.getByRole("listitem").allInnerTexts();
    await expectClean(page);
    const download = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toBe("tollgate-recovery-codes.txt");
    await dialog.getByRole("button", { name: "I have them" }).click();
    await page.getByText("On: a code comes from your authenticator app.").waitFor();
    await page.getByText("10 recovery codes are left.").waitFor();
    expect(await page.content()).not.toContain(codes[0]);

    await signOut(page);
    await giveRightPassword(page);
    await page.getByText("Open your authenticator app for the 6-digit code.").waitFor();
    await expectClean(page);
    await page.getByLabel("Code").fill(used);
    await page.getByText("This code is not right. 4 tries are left.").waitFor();
    await page.getByLabel("Code").fill(appShows(key, 1));
    await page.getByRole("navigation", { name: "Main" }).waitFor();

    await signOut(page);
    await giveRightPassword(page);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(codes[0]?.toLowerCase().replace("-", " ") ?? "");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    await page.goto(`${tollgate.url}/security`);
    await page.getByText("9 recovery codes are left.").waitFor();
  });
});
