import { afterEach, expect, test, vi } from "vitest";
import { launchChromium } from "./chromium.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(["bundled", "system"])("Chromium (%s) starts and draws text with a font", async (kind) => {
  vi.stubEnv("TOLLGATE_CHROMIUM", kind);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const empty = await page.screenshot();
    await page.setContent("<h1>Tollgate</h1>");
    expect(await page.textContent("h1")).toBe("Tollgate");
    expect((await page.screenshot()).equals(empty)).toBe(false);
  } finally {
    await browser.close();
  }
});
