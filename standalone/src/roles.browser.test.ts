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

describe("roles", () => {
  it("are made, given to a member who may do that and nothing else at once, and deleted when nobody has them", async () => {
    const [owner, viewer] = [await visitors.open(), await visitors.open()];
    await Promise.all([visitors.signIn(owner, "customer", "/roles"), visitors.signIn(viewer, "viewer", "/machines")]);
    await viewer.getByRole("link", { name: "Wallet", exact: true }).waitFor();
    await owner.getByText("None yet.").waitFor();

    await owner.getByRole("button", { name: "Make a role" }).click();
    await dialog(owner).getByRole("button", { name: "Make the role" }).click();
    await owner.getByText("Give the role a name.").waitFor();
    await owner.getByText("Choose what the role allows.").waitFor();
    await dialog(owner).getByRole("textbox", { name: "Name" }).fill("Night watch");
    await dialog(owner).getByRole("checkbox", { name: "See machines, their samples and the fleet." }).check();
    await dialog(owner).getByRole("checkbox", { name: "See the organisation tree." }).check();
    await dialog(owner).getByRole("button", { name: "Make the role" }).click();
    await owner.getByRole("heading", { name: "Night watch" }).waitFor();
    await owner.getByRole("columnheader", { name: "Night watch" }).waitFor();

    await owner.getByRole("button", { name: "Roles of Springbok Foods auditor" }).click();
    for (const box of await dialog(owner).getByRole("checkbox").all()) if (await box.isChecked()) await box.uncheck();
    await dialog(owner).getByRole("checkbox", { name: "Night watch" }).check();
    await dialog(owner).getByRole("button", { name: "Save" }).click();
    await owner.getByText("1 member · 2 permissions").waitFor();

    await expect
      .poll(async () => {
        await viewer.reload();
        await viewer.getByRole("heading", { name: "Machines" }).waitFor();
        return await viewer.getByRole("link", { name: "Wallet", exact: true }).count();
      })
      .toBe(0);

    await owner.getByRole("button", { name: "Delete Night watch" }).click();
    await dialog(owner).getByRole("button", { name: "Delete" }).click();
    await owner.getByText("Members have this role; give them another one first.").waitFor();
  });
});
