import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { BookClock } from "./testing/book-clock.js";
import { launchChromium } from "./testing/chromium.js";
import { type Person, TestTollgate } from "./testing/tollgate.js";
import { Visitors } from "./testing/visitors.js";

const HOUR = 3_600_000;

let tollgate: TestTollgate;
let browser: Browser;
let visitors: Visitors;
let customer: Page;
const books = new BookClock();
/** The same person beside the pages: what must be known exactly. */
let person: Person;

beforeAll(async () => {
  [tollgate, browser] = await Promise.all([TestTollgate.start(inject("postgresUrl"), {}, books.now), launchChromium()]);
  visitors = new Visitors(browser, tollgate.url);
  person = await tollgate.signIn("customer");
  await books.moveTo(new Date(books.now().getTime() + 5 * HOUR), tollgate.tollgate);
  customer = await visitors.open();
  await visitors.signIn(customer, "customer", "/billing");
});

afterAll(async () => {
  const complaints = await visitors.leave();
  await browser.close();
  await tollgate.stop();
  expect(complaints).toEqual([]);
});

interface Transaction {
  amount: { minorUnits: string };
  entry: { kind: string; eventAt: string };
}

/** What the wallet's transactions say was charged in a time, in minor units: use in the hour in which it was used. */
const chargedByTransactions = async (from: string, to: string): Promise<bigint> => {
  let charged = 0n;
  for (let after: string | null = null, further = true; further; ) {
    const { data } = await person.ask(
      `query ($after: String) { organisation { wallet { transactions(first: 100, after: $after, filter: { kind: [USAGE, SERVICE] }) {
        nodes { amount { minorUnits } entry { kind eventAt } } pageInfo { hasNextPage endCursor } } } } }`,
      { after },
    );
    const page = data.organisation.wallet.transactions;
    for (const { amount, entry } of page.nodes as Transaction[]) {
      const at = Date.parse(entry.eventAt) - (entry.kind === "USAGE" ? HOUR : 0);
      if (at >= Date.parse(from) && at < Date.parse(to)) charged -= BigInt(amount.minorUnits);
    }
    ({ hasNextPage: further, endCursor: after } = page.pageInfo);
  }
  return charged;
};

describe("the billing page", () => {
  it("shows what the wallet's transactions add up to, and what it went to", async () => {
    const { data } = await person.ask("{ organisation { spend { from to total { minorUnits formatted } } } }");
    const { from, to, total } = data.organisation.spend;
    expect(BigInt(total.minorUnits)).toBeGreaterThan(0n);
    expect(await chargedByTransactions(from, to)).toBe(BigInt(total.minorUnits));

    await customer.getByRole("region", { name: "Spend", exact: true }).getByText(total.formatted).waitFor();
    await customer.getByText("Resource", { exact: true }).click();
    await customer.waitForURL(/by=RESOURCE/);
    await customer.getByRole("rowheader", { name: "vCPU" }).waitFor();
  });

  it("ranks which machines stop last", async () => {
    const ranks = customer.getByRole("region", { name: "When the money ends" });
    const machines = await person.ask("{ vms(first: 2) { nodes { name } } }");
    const [first, second] = machines.data.vms.nodes.map(({ name }: { name: string }) => name);
    for (const name of [first, second]) await ranks.getByRole("button", { name: `Rank ${name}` }).click();
    await ranks.getByRole("button", { name: `Let ${second} run longer` }).click();
    await ranks.getByRole("button", { name: "Save the order" }).click();
    await ranks.getByRole("button", { name: "Save the order" }).waitFor({ state: "detached" });
    const { data } = await person.ask("{ vms(first: 100) { nodes { name stopRank } } }");
    const ranked = data.vms.nodes.filter(({ stopRank }: { stopRank: number | null }) => stopRank !== null);
    expect(new Map(ranked.map(({ name, stopRank }: { name: string; stopRank: number }) => [stopRank, name]))).toEqual(
      new Map([
        [1, second],
        [2, first],
      ]),
    );
  });
});
