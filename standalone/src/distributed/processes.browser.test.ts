import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { launchChromium } from "../testing/chromium.js";
import { StartedProcesses } from "../testing/started-processes.js";
import { Visitors } from "../testing/visitors.js";

let started: StartedProcesses;
let browser: Browser;
let visitors: Visitors;

beforeAll(async () => {
  [started, browser] = await Promise.all([StartedProcesses.start(inject("postgresUrl")), launchChromium()]);
  visitors = new Visitors(browser, started.url);
}, 300_000);
afterEach(async () => {
  expect(await visitors.leave()).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await started?.release();
}, 60_000);

describe("a visit to Tollgate as processes of its own", () => {
  it("signs in, sees the machines move, and goes on seeing them when their subgraph was killed", async () => {
    const page = await visitors.open();
    await visitors.signIn(page, "customer");
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Machines" }).first().click();
    // Other pages may show links of the same name, and go away only now.
    await page.getByRole("heading", { name: "Machines", level: 1 }).waitFor();
    await page.getByRole("link", { name: "web-1" }).first().click();
    await page.getByRole("heading", { name: "web-1" }).waitFor();
    const shown = () => page.getByRole("region", { name: "CPU now" }).innerText();
    const first = await shown();
    await expect.poll(shown).not.toBe(first);

    const { pid } = started.processes.children.get("telemetry") ?? {};
    if (!pid) throw new Error("telemetry does not run");
    process.kill(pid, "SIGKILL");
    await expect.poll(() => started.processes.children.get("telemetry")?.pid ?? pid).not.toBe(pid);
    const still = await shown();
    await expect.poll(shown).not.toBe(still);
    // What failed meanwhile was said by the page where it was asked for; the console may tell of it.
    visitors.forgive();
  }, 240_000);
});
