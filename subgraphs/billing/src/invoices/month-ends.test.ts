import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { chargedIn } from "../figures/charged.js";
import { putTaxRate } from "../tax/setting.js";
import { system } from "../testing/arrange.js";
import { InvoiceDesk } from "../testing/invoices.js";

const HOUR = 3_600_000;
/** Midnight in Calcutta, half an hour into an hour of UTC. */
const MAY = new Date("2026-04-30T18:30:00Z");
const JUNE = new Date("2026-05-31T18:30:00Z");
const JULY = new Date("2026-06-30T18:30:00Z");
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), testTree());
});

afterAll(() => desk.close());

it("bills an hour with the month in which it began, as figures count it, also where the month ends within the hour", async () => {
  const { customer } = desk.tree;
  await desk.setting(customer, "billing.timeZone", "Asia/Calcutta");
  await desk.credit(customer, 1_000_000n);
  await desk.machine(customer, new Date(JUNE.getTime() - 20.5 * HOUR), 800);
  desk.time = new Date("2026-07-02T06:00:00Z");
  await desk.run("2026-05");
  await desk.run("2026-06");
  const { id: walletId } = await desk.wallet(customer);
  const spent = await system(desk.billing.subgraph, (tx) => chargedIn(tx, [walletId], [MAY, JUNE], JULY));
  const [may, june, ...others] = await desk.invoicesOf(customer);
  expect(others).toEqual([]);
  expect([may?.total, june?.total]).toEqual(spent.get(walletId));
  // 21 hours began before midnight, the last of them half an hour before.
  const hours = await system(
    desk.billing.subgraph,
    (tx) => tx.sql`select distinct hours from invoice_line where invoice_id = ${may?.id ?? ""} and hours is not null`,
  );
  expect(hours).toEqual([{ hours: "21" }]);
});

it("names on its tax lines the rate that each hour was charged with, also where another one began within the hour", async () => {
  const { otherCustomer, operator } = desk.tree;
  desk.time = new Date("2026-06-30T23:00:00Z");
  const effectiveFrom = new Date("2026-07-01T00:20:00Z");
  const rate = { country: "ZA", name: "VAT", basisPoints: 2_000, effectiveFrom };
  await system(desk.billing.subgraph, (tx) => putTaxRate(tx, operator, rate));
  await desk.credit(otherCustomer, 1_000_000n);
  await desk.machine(otherCustomer, new Date("2026-07-01T00:00:00Z"), 3);
  desk.time = new Date("2026-08-02T06:00:00Z");
  await desk.machine(otherCustomer, desk.time, 0);
  await desk.run("2026-07");
  const july = await desk.invoiceOf(otherCustomer);
  const lines = await system(
    desk.billing.subgraph,
    (tx) => tx.sql`select tax_basis_points, amount from invoice_line where invoice_id = ${july.id} and kind = 'TAX'
      order by tax_basis_points`,
  );
  expect(lines.map((line) => line["tax_basis_points"])).toEqual([1_500, 2_000]);
  const entries = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ amount: bigint }[]>`
      select p.amount from entry e join posting p on p.entry_id = e.id and p.account = 'TAX'
       where e.organisation_id = ${otherCustomer} order by e.event_at`,
  );
  expect(lines[0]?.["amount"]).toBe(entries[0]?.amount);
});
