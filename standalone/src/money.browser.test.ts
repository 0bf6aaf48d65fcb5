import { randomUUID } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { BookClock } from "./testing/book-clock.js";
import { launchChromium } from "./testing/chromium.js";
import { approvePayment, describeMachine, figure, payByProvider, payByTransfer } from "./testing/money-pages.js";
import { pairPhone } from "./testing/phone-pages.js";
import { type Person, TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

const HOUR = 3_600_000;

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;
const books = new BookClock();
/** The customer, beside its pages: what a test has to know exactly, and what is not about pages. */
let freight: Person;
let customer: Page;
let reseller: Page;
/** The rehearsal phone that the customer pairs. */
let phone: Page;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([TestTollgate.start(inject("postgresUrl"), {}, books.now), launchChromium()]);
  visitors = new Visitors(browser, tollgate.url);
  freight = await tollgate.signIn("freight");
  // A month of what these use would have to be paid before another may be ordered: they rest until then.
  await power("stopVms");
  [customer, reseller] = [await visitors.open(), await visitors.open()];
  await visitors.signIn(customer, "freight", "/order");
  await visitors.signIn(reseller, "reseller", "/approvals");
});

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") process.stderr.write(`${await customer.locator("main").innerText()}\n`);
});

afterAll(async () => {
  const complaints = await visitors.leave();
  await browser.close();
  await tollgate.stop();
  expect(complaints).toEqual([]);
});

/** Switches the machines that the customer had before. */
const power = async (mutation: "startVms" | "stopVms"): Promise<void> => {
  const { data } = await freight.ask("{ vms(first: 100) { nodes { id name } } }");
  const vmIds = data.vms.nodes.filter((vm: { name: string }) => vm.name !== MACHINE).map((vm: { id: string }) => vm.id);
  const answer = await freight.ask(
    `mutation ($ids: [ID!]!, $key: String!) { ${mutation}(input: { vmIds: $ids, idempotencyKey: $key }) {
      ... on VmPowerOutcomes { outcomes { problem { message } } } ... on Problem { message } } }`,
    { ids: vmIds, key: randomUUID() },
  );
  expect(answer.data[mutation].outcomes).toEqual(vmIds.map(() => ({ problem: null })));
  await tollgate.tollgate.subgraphs.telemetry.delivered();
};

/** Moves the books to so many hours after (before, if negative) what the wallet says of itself. */
const moveTo = async (moment: "runsOutAt" | "graceEndsAt", hours: number): Promise<void> => {
  const { data } = await freight.ask("{ organisation { wallet { runsOutAt graceEndsAt } } }");
  const from = new Date(data.organisation.wallet[moment]);
  await books.moveTo(new Date(from.getTime() + hours * HOUR), tollgate.tollgate);
};

const MACHINE = "dispatch-1";
const textOf = (label: string): Promise<string> => figure(customer, label).innerText();

describe("a customer's money, from too little for a machine to none at all and back", () => {
  it("says what is missing for a machine, and does not let it be ordered", async () => {
    await describeMachine(customer, "small", MACHINE);
    await customer.getByText(/^The wallet is short of R/).waitFor();
    expect(await customer.getByRole("button", { name: /^Order/ }).isDisabled()).toBe(true);
  });

  it("takes a transfer with its proof in place, and goes on by itself once the reseller has approved it", async () => {
    await customer.getByRole("button", { name: "Top up the wallet" }).click();
    const dialog = customer.getByRole("dialog");
    await payByTransfer(dialog, "EFT 2026 0001");
    await dialog.getByRole("button", { name: "Back to the order" }).click();
    await approvePayment(reseller, "Drakens Freight");
    await customer.getByText("The wallet holds enough.").waitFor();
    expect(await customer.getByLabel("Name", { exact: true }).inputValue()).toBe(MACHINE);
  });

  it("shows live how the machine is made, up to where it runs", async () => {
    const seen = new Set<string>();
    await customer.exposeFunction("noteStep", (step: string) => seen.add(step));
    await customer.evaluate(`new MutationObserver(() => {
      const step = document.querySelector("[aria-current=step]")?.textContent;
      if (step) window.noteStep(step);
    }).observe(document.body, { subtree: true, childList: true, attributes: true })`);
    await customer.getByRole("button", { name: /^Order for R/ }).click();
    await customer.getByText("The machine runs").waitFor();
    expect(seen.size).toBeGreaterThanOrEqual(2);
    await customer.getByRole("link", { name: "Open the machine" }).click();
    await customer.getByRole("heading", { name: MACHINE }).waitFor();
    await customer.getByRole("main").getByText("Running", { exact: true }).waitFor();
  });

  it("lists in the wallet what came in and what the machine took, and keeps a reserve for it", async () => {
    await customer.getByRole("link", { name: "Wallet", exact: true }).click();
    await expect.poll(() => textOf("Of that, reserves of machines")).toMatch(/R\s[1-9]/);
    const transactions = customer.getByRole("region", { name: "Transactions" });
    await transactions.getByText(/^Top-up TG-/).waitFor();
    await transactions.getByText(new RegExp(MACHINE)).first().waitFor();
    await customer.getByText("Added to the wallet").first().waitFor();
  });

  it("pairs a phone by a code", async () => {
    await customer.getByRole("link", { name: "Messages" }).click();
    phone = await pairPhone(customer, "Front desk");
  });

  it("warns on the phone and in the app while the money runs low, and shows the balance fall", async () => {
    await power("startVms");
    await customer.getByRole("link", { name: "Wallet", exact: true }).click();
    await customer.getByRole("region", { name: "Balance" }).waitFor();
    const before = await textOf("Balance");
    await moveTo("runsOutAt", -60);
    await expect.poll(() => textOf("Balance")).not.toBe(before);
    await customer.getByText("Running low").first().waitFor();
    await phone.getByText(/Your wallet lasts for less than 3 days/).waitFor();
    await customer.getByRole("link", { name: /unread$/ }).click();
    await customer.getByText("Your wallet lasts for less than 3 days").first().waitFor();
  });

  it("lets machines run on from their reserves when the money has ended, and says until when", async () => {
    await customer.getByRole("link", { name: "Wallet", exact: true }).click();
    await moveTo("runsOutAt", 2);
    await customer.getByText("Out of funds: machines run on their reserve").waitFor();
    await figure(customer, "Machines stop").waitFor();
    await openMachine();
    await customer.getByRole("main").getByText("Running", { exact: true }).waitFor();
  });

  it("stops the machines when the reserves end, seen on the machine's page as it happens", async () => {
    await moveTo("graceEndsAt", 1);
    await customer.getByRole("main").getByText("Suspended", { exact: true }).waitFor();
    await customer.getByText("No money left.").waitFor();
  });

  it("runs them again by itself after the next transfer is approved", async () => {
    await customer.getByRole("link", { name: "Wallet", exact: true }).click();
    await customer.getByText("Out of funds: machines are stopped").waitFor();
    await customer
      .getByRole("button", { name: "Another top-up" })
      .or(customer.getByLabel(/^Amount in/))
      .waitFor();
    await payByTransfer(customer, "EFT 2026 0002", "2000");
    await approvePayment(reseller, "Drakens Freight");
    await customer.getByText("Added to the wallet").first().waitFor();
    await openMachine();
    await customer.getByRole("main").getByText("Running", { exact: true }).waitFor();
    expect(await customer.getByText("No money left.").count()).toBe(0);
  });

  it("takes a payment on the page of a provider that the demo simulates, and shows it live", async () => {
    await customer.getByRole("link", { name: "Wallet", exact: true }).click();
    const before = await textOf("Balance");
    await payByProvider(customer, "PayGate", "500");
    await customer.getByRole("status").getByText("Added to the wallet").waitFor();
    await expect.poll(() => textOf("Balance")).not.toBe(before);
  });

  it("lets the reseller pay a part of it back, with a reason", async () => {
    await reseller.goto(`${tollgate.url}/payments`);
    await reseller
      .getByRole("button", { name: /^Refund TG-/ })
      .first()
      .click();
    const dialog = reseller.getByRole("dialog");
    await dialog.getByLabel(/^Amount in/).fill("100");
    await dialog.getByLabel("Reason").fill("Paid too much");
    await dialog.getByRole("button", { name: "Refund", exact: true }).click();
    await reseller.getByText(/100,00 went back$/).waitFor();
    const { violations } = await new AxeBuilder({ page: reseller }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});

const openMachine = async (): Promise<void> => {
  await customer.getByRole("link", { name: "Machines" }).first().click();
  // Other pages may show links of the same name, and go away only now.
  await customer.getByRole("heading", { name: "Machines", level: 1 }).waitFor();
  await customer.getByRole("link", { name: MACHINE }).first().click();
  await customer.getByRole("heading", { name: MACHINE }).waitFor();
};
