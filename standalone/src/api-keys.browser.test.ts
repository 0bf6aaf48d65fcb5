import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { launchChromium } from "./testing/chromium.js";
import { Person, TestTollgate } from "./testing/tollgate.js";
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

const shownSecret = async (page: Page): Promise<string> => (await page.getByTestId("secret").innerText()).trim();
const codeWith = async (secret: string): Promise<unknown> => {
  const asked = await new Person(tollgate.url, null).ask(
    "{ vms(first: 1) { nodes { id } } }",
    {},
    { "x-api-key": secret },
  );
  return asked.errors?.[0]?.extensions["code"] ?? "answered";
};

describe("API keys", () => {
  it("are created with chosen permissions, used, rotated and revoked", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "customer", "/api-keys");
    await page.getByText("No keys yet").waitFor();

    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("button", { name: "Create the key" }).click();
    await page.getByText("Give the key a name.").waitFor();
    await page.getByText("Choose what the key may do.").waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("Monthly report");
    await page.getByLabel("Only from these addresses").fill("127.0.0.0/8, nowhere");
    await page.getByRole("button", { name: "All that only reads" }).click();
    await page.getByRole("button", { name: "Create the key" }).click();
    await page.getByText("Write an address or a CIDR range").waitFor();
    await page.getByLabel("Only from these addresses").fill("127.0.0.0/8");
    await page.getByRole("button", { name: "Create the key" }).click();
    const secret = await shownSecret(page);
    expect(secret).toMatch(/^tgk_/);
    expect(await codeWith(secret)).toBe("answered");
    await page.getByRole("button", { name: "I have it" }).click();
    await page.getByRole("heading", { name: "Monthly report" }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await page
      .getByText(/1 permission|\d+ permissions/)
      .first()
      .waitFor();

    await page.getByRole("button", { name: "Rotate Monthly report" }).click();
    await page.getByRole("button", { name: "Give it a new secret" }).click();
    const rotated = await shownSecret(page);
    expect(rotated).not.toBe(secret);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.getByText("Old and new secret work").waitFor();
    expect([await codeWith(secret), await codeWith(rotated)]).toEqual(["answered", "answered"]);

    await page.getByRole("button", { name: "Revoke Monthly report" }).click();
    await page.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByText("Revoked", { exact: true }).waitFor();
    await expect.poll(() => codeWith(rotated)).toBe("UNAUTHENTICATED");
    await expect.poll(() => codeWith(secret)).toBe("UNAUTHENTICATED");
  });

  it("are not shown, and not offered, to those who may not see them", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "viewer", "/api-keys");
    await page.getByText("You may not see API keys").waitFor();
    expect(await page.getByRole("button", { name: "Create a key" }).count()).toBe(0);
    expect(await page.getByRole("link", { name: "API keys" }).count()).toBe(0);
  });
});
