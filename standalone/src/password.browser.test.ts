import { AxeBuilder } from "@axe-core/playwright";
import { until } from "@tollgate/kit/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { launchChromium } from "./testing/chromium.js";
import { mailbox, TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

const NEW_PASSWORD = "Violet-Anchor-81";
const EMAIL = "customer@tollgate.example";

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

const accessible = async (page: Page) =>
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);

/** The newest mail of a kind, once it has come. */
const mailOf = async (kind: string) => {
  const newest = async () => (await mailbox(tollgate.url, EMAIL)).find((mail) => mail.kind === kind);
  await until(async () => (await newest()) !== undefined, 60_000);
  const mail = await newest();
  if (!mail) throw new Error("it is gone");
  return mail;
};

describe("a forgotten password", () => {
  it("is replaced by a link from the mailbox; everybody else is signed out, and the new one lets in", async () => {
    const elsewhere = await visitors.open();
    await visitors.signIn(elsewhere, "customer", "/profile");
    await elsewhere.getByLabel("Time zone").waitFor();

    const page = await visitors.open({ width: 390, colorScheme: "dark" });
    await page.goto(`${tollgate.url}/sign-in`);
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.getByRole("heading", { name: "Reset your password" }).waitFor();
    await accessible(page);
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await page.getByRole("heading", { name: "Look at your mail" }).waitFor();

    const { link } = await mailOf("PASSWORD_RESET");
    const { pathname, search } = new URL(link ?? "");
    await page.goto(`${tollgate.url}${pathname}${search}`);
    const field = page.getByLabel("New password", { exact: true });
    await field.waitFor();
    await page.waitForURL(`${tollgate.url}/reset-password`);
    await field.fill("Password1!");
    await page.getByRole("button", { name: "Set the new password" }).click();
    await page.getByText("one of the passwords that everybody tries first").waitFor();
    await accessible(page);
    await field.fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Set the new password" }).click();
    await page.getByRole("heading", { name: "Your password is changed" }).waitFor();
    await mailOf("PASSWORD_CHANGED");

    await elsewhere.getByText("Your session ended.").waitFor();
    visitors.forgive(); // the browser notes each answer that nobody is signed in

    await page.getByRole("button", { name: "Sign in" }).click();
    const known = (await mailbox(tollgate.url, EMAIL)).length;
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password", { exact: true }).fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("Code").waitFor();
    await until(async () => (await mailbox(tollgate.url, EMAIL)).length > known, 60_000);
    await page.getByLabel("Code").fill((await mailOf("SIGN_IN_CODE")).code ?? "");
    await page.getByRole("navigation", { name: "Main" }).waitFor();
  });
});
