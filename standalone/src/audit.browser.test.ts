import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launchChromium } from "./testing/chromium.js";
import { TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([
    TestTollgate.start(inject("postgresUrl"), { PORT: "4391", PUBLIC_URL: "http://localhost:4391" }),
    launchChromium(),
  ]);
  visitors = new Visitors(browser, tollgate.url);
});

afterAll(async () => {
  expect(await visitors.leave()).toEqual([]);
  await browser.close();
  await tollgate.stop();
});

describe("the audit trail", () => {
  it("is filtered by its address, verified, downloaded and reported on", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "customer", "/audit");
    const entries = page.getByRole("list", { name: "Entries" });
    await entries.getByText("session:signIn").first().waitFor();

    await page.getByLabel("Action").fill("session:signIn");
    await page.waitForURL(/action=session(:|%3A)signIn/);
    await expect.poll(() => entries.getByText("session:challenge").count()).toBe(0);
    await entries.getByText("session:signIn").first().click();
    await page
      .getByRole("cell", { name: "true" })
      .or(page.getByRole("cell", { name: "false" }))
      .first()
      .waitFor();

    await page.getByRole("button", { name: "Verify now" }).click();
    await page.getByText(/chain of \d+ entries holds/).waitFor();

    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download CSV" }).click(),
    ]);
    const csv = await readFile(await file.path(), "utf8");
    expect(csv.split("\r\n")[0]).toMatch(/^id,at,/);
    expect(csv).toContain("session:signIn");
    expect(csv).not.toContain("session:challenge");

    await page.getByText("Report", { exact: true }).click();
    await page.getByRole("heading", { name: "Points taken off" }).waitFor();
    await page
      .getByRole("rowheader", { name: /\w+ \w+/ })
      .first()
      .waitFor();
  });
});
