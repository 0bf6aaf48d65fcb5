import type { Page } from "playwright-core";

/** Adds a phone on the page of messages and pairs it by a code. @returns the tab with the phone itself. */
export const pairPhone = async (page: Page, name: string): Promise<Page> => {
  await page.getByLabel("Name of the phone").fill(name);
  await page.getByRole("button", { name: "Add a phone" }).click();
  const phone = page.getByRole("region", { name });
  await phone.getByLabel(/Or with a code/).fill("+27 82 555 0199");
  await phone.getByRole("button", { name: "Get a code" }).click();
  const code = (await phone.getByText(/^[1-9A-Z]{8}$/).textContent()) ?? "";
  const [rehearsal] = await Promise.all([
    page.context().waitForEvent("page"),
    phone.getByRole("link", { name: "Open the rehearsal phone" }).click(),
  ]);
  await rehearsal.getByLabel("Code from the other page").fill(code);
  await rehearsal.getByRole("button", { name: "Pair" }).click();
  await rehearsal.getByRole("heading", { name: "Write as a contact" }).waitFor();
  await phone.getByText("Connected", { exact: true }).waitFor();
  return rehearsal;
};

/** Writes to the organisation as somebody outside, on the page of the phone. */
export const writeAsContact = async (rehearsal: Page, text: string): Promise<void> => {
  await rehearsal.getByLabel("Message", { exact: true }).fill(text);
  await rehearsal.getByRole("button", { name: "Send" }).click();
  await rehearsal.getByRole("region", { name: "On the phone" }).getByText(text).waitFor();
};
