import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { verifyLedger } from "../ledger/verify.js";
import { system } from "../testing/arrange.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";
import { invoiceMonth } from "./monthly.js";

const HOUR = 3_600_000;
const before = (at: Date, hours: number): Date => new Date(at.getTime() - hours * HOUR);
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), testTree());
});

afterAll(() => desk.close());

const inside = <T>(work: Parameters<typeof system<T>>[1]): Promise<T> => system(desk.billing.subgraph, work);

const linesOf = (invoiceId: string) =>
  inside(
    (tx) => tx.sql<{ kind: string; description: string; amount: bigint; quantity: string; hours: string }[]>`
      select kind, description, amount, quantity, hours from invoice_line where invoice_id = ${invoiceId} order by position`,
  );

/** What the ledger took for use in a period, by book. */
const taken = async (organisationId: string, from: Date, to: Date) => {
  const rows = await inside(
    (tx) => tx.sql<{ account: string; sum: bigint }[]>`
      select p.account, sum(p.amount)::bigint as sum from entry e join posting p on p.entry_id = e.id
       where e.organisation_id = ${organisationId} and e.kind in ('USAGE', 'CAPTURE') and e.event_at > ${from.toISOString()}
         and e.event_at <= ${to.toISOString()} group by 1`,
  );
  const of = (account: string) => rows.find((row) => row.account === account)?.sum ?? 0n;
  return { subtotal: of("REVENUE"), tax: of("TAX") };
};

it("bills what the ledger took in the month, to the cent, by machine and resource, with its tax, and paid", async () => {
  const { customer } = desk.tree;
  await desk.credit(customer, 100_000n);
  await desk.machine(customer, before(JULY, 50), 60);
  expect(await desk.run()).toMatchObject({ month: "2026-06", invoiced: 1, failed: 0 });
  const row = await desk.invoiceOf(customer);
  expect(row).toMatchObject({
    ...(await taken(customer, JUNE, JULY)),
    number: "INV-2026-000001",
    state: "PAID",
    due: 0n,
  });
  expect(row).toMatchObject({ periodFrom: JUNE, periodTo: JULY, issuerId: desk.tree.reseller });
  const lines = await linesOf(row.id);
  expect(lines.map(({ kind, description }) => [kind, description])).toEqual([
    ["BASE", "Memory"],
    ["BASE", "SSD storage"],
    ["BASE", "vCPU"],
    ["TAX", "VAT, 15 %"],
  ]);
  expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(row.total);
  expect(lines[2]).toMatchObject({ quantity: "50", hours: "50" });
});

it("changes nothing when it is repeated, also at the same moment", async () => {
  const { customer } = desk.tree;
  const [first] = await desk.invoicesOf(customer);
  const runs = await Promise.all([desk.run(), desk.run(), desk.run()]);
  expect(runs.map(({ invoiced, failed }) => [invoiced, failed])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  expect(await desk.invoicesOf(customer)).toEqual([first]);
});

it("bills what came late with the next month, and nothing twice", async () => {
  const { customer } = desk.tree;
  await desk.use(customer, 1_000n, 150n, before(JULY, 3));
  desk.time = new Date("2026-08-01T06:00:00Z");
  const { until } = await inside(async (tx) => {
    await tx.sql`update metering set until_at = '2026-07-31T22:00:00Z'`;
    return { until: new Date("2026-07-31T22:00:00Z") };
  });
  await desk.run();
  const [june, july] = await desk.invoicesOf(customer);
  const all = await taken(customer, JUNE, until);
  expect((june?.subtotal ?? 0n) + (july?.subtotal ?? 0n)).toBe(all.subtotal);
  expect((june?.tax ?? 0n) + (july?.tax ?? 0n)).toBe(all.tax);
  desk.time = new Date("2026-07-01T06:00:00Z");
});

it("waits for use that is not charged yet, and one organisation's failure stops no other", async () => {
  const own = await InvoiceDesk.open(inject("postgresUrl"), testTree());
  try {
    const { customer, otherCustomer } = own.tree;
    for (const id of [customer, otherCustomer]) await own.credit(id, 50_000n);
    await own.machine(customer, before(JULY, 10), 4);
    await own.use(otherCustomer, 2_000n, 300n, before(JULY, 1));
    const run = await own.run();
    expect(run).toMatchObject({ invoiced: 1, failed: 1, failures: [{ organisationId: customer }] });
    expect(run.failures[0]?.problem).toContain("not charged");
    await own.machine(customer, before(JULY, 5), 6);
    expect(await own.run()).toMatchObject({ invoiced: 1, failed: 0 });
  } finally {
    await own.close();
  }
});

it("leaves nothing behind when it dies in the middle: no number, no line, and the next run begins anew", async () => {
  const own = await InvoiceDesk.open(inject("postgresUrl"), testTree());
  try {
    const { customer } = own.tree;
    await own.credit(customer, 50_000n);
    await own.use(customer, 2_000n, 300n, before(JULY, 1));
    const killed = system(own.billing.subgraph, async (tx) => {
      await invoiceMonth(tx, customer, "2026-06", own.time);
      throw new Error("killed");
    });
    await expect(killed).rejects.toThrow("killed");
    expect(await own.invoicesOf(customer)).toEqual([]);
    await own.run();
    expect(await own.invoiceOf(customer)).toMatchObject({ number: "INV-2026-000001", total: 2_300n });
    expect((await system(own.billing.subgraph, verifyLedger)).findings).toEqual([]);
  } finally {
    await own.close();
  }
});

it("waits as a draft where the issuer wants to look first: no number, no money, and the payer does not see it", async () => {
  const own = await InvoiceDesk.open(inject("postgresUrl"), testTree());
  try {
    const { customer, reseller } = own.tree;
    await own.credit(customer, 50_000n);
    await own.use(customer, 2_000n, 300n, before(JULY, 1));
    await own.setting(reseller, "billing.issueInvoices", false);
    await own.run();
    const draft = await own.invoiceOf(customer);
    expect(draft).toMatchObject({ state: "DRAFT", number: null });
    expect(await own.seen(draft.id, own.payer())).toBeNull();
    expect(await own.seen(draft.id, own.issuer())).toMatchObject({ state: "DRAFT" });
    expect(await own.change("issueInvoice", { invoiceId: draft.id }, own.issuer())).toMatchObject({
      state: "PAID",
      number: "INV-2026-000001",
    });
    expect(await own.seen(draft.id, own.payer())).toMatchObject({ state: "PAID" });
    expect(await own.change("issueInvoice", { invoiceId: draft.id }, own.issuer())).toMatchObject({ code: "CONFLICT" });
  } finally {
    await own.close();
  }
});
