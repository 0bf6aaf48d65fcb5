import { AxeBuilder } from "@axe-core/playwright";
import { until } from "@tollgate/kit/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { launchChromium } from "./testing/chromium.js";
import { mailbox, TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

const PASSWORD = "Violet-Anchor-81";
const MAIL_MILLISECONDS = 60_000;

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

/** Where the newest mail to an address leads. */
const linkTo = async (email: string): Promise<string> => {
  await until(async () => (await mailbox(tollgate.url, email)).length > 0, MAIL_MILLISECONDS);
  const [mail] = await mailbox(tollgate.url, email);
  const { pathname, search } = new URL(mail?.link ?? "");
  return `${tollgate.url}${pathname}${search}`;
};

/** Nothing that axe objects to. */
const inspect = async (page: Page) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
};

describe("an invitation", () => {
  it("is sent to many from a list, accepted by its link, and opens what the role allows", async () => {
    const owner = await visitors.open();
    await visitors.signIn(owner, "customer", "/invitations");
    await owner.getByText("Nobody was invited yet").waitFor();
    await inspect(owner);
    await owner.getByRole("button", { name: "Invite people" }).click();
    await owner
      .getByLabel("E-mail addresses")
      .fill("sipho@new.example, technical\nlerato@new.example\nnobody\nayanda@new.example, boss");
    await owner.getByText("4 lines, 2 of them will not be sent.").waitFor();
    await owner.getByText("Line 4: There is no role called boss.").waitFor();
    await inspect(owner);
    await owner.getByRole("button", { name: "Send 2 invitations" }).click();
    await owner.getByText("2 invitations are on their way.").waitFor();
    await owner.getByRole("button", { name: "Done" }).click();
    await owner.getByRole("heading", { name: "sipho@new.example" }).waitFor();
    await inspect(owner);
    await owner.setViewportSize({ width: 390, height: 844 });
    await inspect(owner);
    await owner.setViewportSize({ width: 1440, height: 900 });
    await owner.getByRole("button", { name: "Revoke the invitation of lerato@new.example" }).click();
    await owner.getByRole("button", { name: "Revoke", exact: true }).click();
    await owner.getByRole("listitem").filter({ hasText: "lerato@new.example" }).getByText("Revoked").waitFor();

    const sipho = await visitors.open({ width: 390, colorScheme: "dark" });
    await sipho.goto(await linkTo("lerato@new.example"));
    await sipho.getByRole("heading", { name: "This invitation has ended" }).waitFor();
    await sipho.goto(await linkTo("sipho@new.example"));
    await sipho.getByText("as technical").waitFor();
    await expect.poll(() => sipho.url()).toBe(`${tollgate.url}/accept-invitation`);
    await sipho.getByLabel("Your name").fill("Sipho Dlamini");
    await sipho.getByLabel("Password", { exact: true }).fill("Sipho-2026");
    await sipho.getByRole("button", { name: "Accept and sign in" }).click();
    await sipho.getByText("Leave out your name").waitFor();
    await inspect(sipho);
    await sipho.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await sipho.getByRole("button", { name: "Accept and sign in" }).click();
    await sipho.getByRole("navigation", { name: "Main" }).waitFor();
    await sipho.getByRole("link", { name: "Machines" }).waitFor();
    expect(await sipho.getByRole("link", { name: "Wallet" }).count()).toBe(0);

    await owner.reload();
    await owner
      .getByRole("listitem")
      .filter({ hasText: "sipho@new.example" })
      .getByText("Accepted", { exact: true })
      .waitFor();
  });

  it("is not needed where people may sign up: the link in the mail makes an account with an organisation", async () => {
    const page = await visitors.open();
    await page.goto(`${tollgate.url}/sign-in`);
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByText("Enter the name of your organisation.").waitFor();
    await page.getByLabel("Your name").fill("Ayanda Nkosi");
    await page.getByLabel("Organisation").fill("Ayanda Clouds");
    await page.getByLabel("E-mail").fill("ayanda@clouds.example");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await inspect(page);
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByRole("heading", { name: "Check your mail" }).waitFor();
    await inspect(page);
    await page.goto(await linkTo("ayanda@clouds.example"));
    await page.getByRole("button", { name: "Confirm the address" }).click();
    await page.getByText("From now on you sign in with ayanda@clouds.example.").waitFor();
  });
});
