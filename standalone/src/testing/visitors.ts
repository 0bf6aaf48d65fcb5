import { until } from "@tollgate/kit/testing";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { DEMO_PASSWORD } from "../demo/organisations.js";
import { mailbox } from "./tollgate.js";

/** Within which a mail has come, on a slow machine. */
const MAIL_MILLISECONDS = 60_000;

export interface Screen {
  /** Pixels; a phone's below 600. */
  width?: number;
  colorScheme?: "light" | "dark";
}

/** People in front of one Chromium, each with a browser profile of their own, and what went wrong there unseen. */
export class Visitors {
  private readonly contexts: BrowserContext[] = [];
  private complaints: string[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  /** A first tab of somebody new. */
  async open({ width = 1440, colorScheme = "light" }: Screen = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width, height: width < 600 ? 844 : 900 },
      colorScheme,
      // Nothing moves but what is measured, so that no check meets a colour half-way to another.
      reducedMotion: "reduce",
      locale: "en-ZA",
    });
    this.contexts.push(context);
    context.on("weberror", (error) => this.complaints.push(error.error().message));
    context.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    return await context.newPage();
  }

  /** Signs in as a person would: the code is read from the mailbox page in a tab of its own. */
  async signIn(page: Page, name: string, path = "/"): Promise<void> {
    const email = `${name}@tollgate.example`;
    const known = (await mailbox(this.url, email)).length;
    await page.goto(`${this.url}${path}`);
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByLabel("Code").waitFor();
    await until(async () => (await mailbox(this.url, email)).length > known, MAIL_MILLISECONDS);
    const mailPage = await page.context().newPage();
    await mailPage.goto(`${this.url}/mailbox?to=${encodeURIComponent(email)}`);
    const text = (await mailPage.locator("body").allInnerTexts()).join();
    await mailPage.close();
    const code = /\b\d{6}\b/.exec(text)?.[0];
    if (!code) throw new Error(`no code in the mailbox: ${text}`);
    await page.getByLabel("Code").fill(code);
    await page.getByRole("navigation", { name: "Main" }).waitFor();
  }

  /** Forgets complaints about what a test did on purpose. */
  forgive(): void {
    this.complaints = [];
  }

  /** Everybody goes. @returns the errors of their pages and consoles. */
  async leave(): Promise<string[]> {
    await Promise.all(this.contexts.splice(0).map((context) => context.close()));
    return this.complaints.splice(0);
  }
}
