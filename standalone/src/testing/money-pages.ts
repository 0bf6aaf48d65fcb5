import type { Locator, Page } from "playwright-core";

/** What a bank gives to print, as far as anybody here looks into it. */
const PROOF = { name: "transfer.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n% a transfer\n") };

/** Chooses a machine by its size and gives it a name, on the page where one orders. */
export const describeMachine = async (page: Page, size: string, name: string): Promise<void> => {
  await page.getByRole("radio", { name: new RegExp(`^${size}`) }).check();
  await page.getByLabel("Name", { exact: true }).fill(name);
};

/**
 * Pays by bank transfer, on whichever page offers it, up to the wait for somebody's approval.
 * @param amount as typed; what the page suggests when left out.
 */
export const payByTransfer = async (within: Page | Locator, bankReference: string, amount?: string): Promise<void> => {
  if (amount !== undefined) await within.getByLabel(/^Amount in/).fill(amount);
  await within.getByRole("radio", { name: /^Bank transfer/ }).check();
  await within.getByRole("button", { name: "Top up", exact: true }).click();
  await within.getByLabel("Reference of your bank").fill(bankReference);
  await within.getByLabel("Proof of payment").setInputFiles(PROOF);
  await within.getByRole("button", { name: "I have paid" }).click();
  await within.getByRole("status").getByText("Waiting for approval").waitFor();
};

/** Pays by a provider of the demo: on its page, up to where its word is waited for. */
export const payByProvider = async (page: Page, name: string, amount: string): Promise<void> => {
  await page.getByLabel(/^Amount in/).fill(amount);
  await page.getByRole("radio", { name: new RegExp(`^${name}`) }).check();
  await page.getByRole("button", { name: "Top up", exact: true }).click();
  await page
    .getByRole("link", { name: `Pay at ${name}` })
    .or(page.getByRole("button", { name: `Pay at ${name}` }))
    .click();
  await page.getByRole("heading", { name: `${name}, simulated` }).waitFor();
  await page.getByRole("button", { name: "Pay", exact: true }).click();
};

/** Approves the one payment that waits of an organisation, on the page of approvals. */
export const approvePayment = async (page: Page, payer: string): Promise<void> => {
  await page.getByRole("button", { name: new RegExp(`^Approve .* of ${payer}$`) }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByText("Nothing waits for you").waitFor();
};

/** One figure of the wallet's page, by its label. */
export const figure = (page: Page, label: string): Locator =>
  page.getByRole("region", { name: "Balance" }).locator(`dt:text-is("${label}") + dd`);
