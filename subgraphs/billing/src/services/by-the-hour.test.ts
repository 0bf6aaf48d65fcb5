import { Fault } from "@tollgate/kit";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest";
import { verifyLedger } from "../ledger/verify.js";
import { system } from "../testing/arrange.js";
import { ServiceDesk } from "../testing/hourly.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";

const tree = testTree();
const HOUR = 3_600_000;
const MINUTE = HOUR / 60;
const after = (at: Date, milliseconds: number): Date => new Date(at.getTime() + milliseconds);
/** The first of July, when June is billed. */
const RUN = after(JULY, 10 * HOUR);
let desk: InvoiceDesk;
let services: ServiceDesk;
let hourly: string;
let monthly: string;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), tree);
  desk.time = JUNE;
  services = new ServiceDesk(desk);
  hourly = await services.offer("Watch", 101n);
  monthly = await services.offer("Care", 72_000n, "MONTHLY");
});
afterEach(async () => {
  expect((await inside(verifyLedger)).findings).toEqual([]);
});
afterAll(() => desk.close());

const inside = <T>(work: Parameters<typeof system<T>>[1]): Promise<T> => system(desk.billing.subgraph, work);

interface Line {
  kind: string;
  description: string;
  quantity: string | null;
  hours: string | null;
  amount: bigint;
}

const linesOf = (invoiceId: string) =>
  inside(
    (tx) => tx.sql<Line[]>`select kind, description, quantity, hours, amount from invoice_line
      where invoice_id = ${invoiceId} order by position`,
  );

const shown = ({ kind, description, quantity, amount }: Line) => [kind, description, quantity, amount];

/** What the books took of an organisation, less what they gave back. */
const booked = (organisationId: string) =>
  inside(async (tx) => {
    const [row] = await tx.sql<{ subtotal: bigint; tax: bigint }[]>`
      select revenue as subtotal, tax from wallet where organisation_id = ${organisationId} and currency = 'ZAR'`;
    return { ...row };
  });

const creditNotes = (invoiceId: string) =>
  inside(
    (tx) =>
      tx.sql<{ amount: bigint; tax: bigint }[]>`select amount, tax from credit_note where invoice_id = ${invoiceId}`,
  );

/** What invoices ask for, less what was taken back of them, is what was booked. */
const expectBilledWhole = async (organisationId: string) => {
  const invoices = await desk.invoicesOf(organisationId);
  const { subtotal = 0n, tax = 0n } = await booked(organisationId);
  expect(invoices.reduce((sum, { total, credited }) => sum + total - credited, 0n)).toBe(subtotal + tax);
  return invoices;
};

it("is a line of the month's invoice for all hours of a service, and no document before", async () => {
  const { customer } = tree;
  await desk.credit(customer, 1_000_000n);
  desk.time = after(JULY, -50 * HOUR);
  const id = await services.subscribe(customer, hourly, 2);
  await services.until(after(JULY, -20 * HOUR));
  expect(await desk.invoicesOf(customer)).toEqual([]);
  // June has not ended for it: what is not renewed to the end is waited for.
  expect(await desk.run("2026-06")).toMatchObject({ invoiced: 0, failed: 0 });
  desk.time = RUN;
  expect((await desk.run()).failures).toMatchObject([{ organisationId: customer }]);
  await services.until(after(JULY, -HOUR));
  await services.cancel(id);
  await services.until(RUN);
  expect(await desk.run()).toMatchObject({ invoiced: 1, failed: 0 });
  const row = await desk.invoiceOf(customer);
  expect(row).toMatchObject({ number: "INV-2026-000001", state: "PAID", due: 0n, ...(await booked(customer)) });
  expect((await linesOf(row.id)).map(shown)).toEqual([
    ["SERVICE", "Watch", "100", 50n * 202n],
    // Of the sum: each hour's tax is rounded with what rounding left of those before.
    ["TAX", "VAT, 15 %", null, 1_515n],
  ]);
  const seen = await desk.seen(row.id, desk.payer());
  expect(seen?.lines?.[0]?.explanation).toMatchObject({ hours: "50" });
  expect(seen?.lines?.[0]?.explanation?.entries).toHaveLength(50);
  const list = `query ($id: ID!) { invoices(filter: { serviceSubscriptionId: $id }) { nodes { number } } }`;
  const { data } = await desk.billing.execute(list, { id }, desk.payer());
  expect(data).toEqual({ invoices: { nodes: [{ number: "INV-2026-000001" }] } });
  expect(await desk.run()).toMatchObject({ invoiced: 0, failed: 0 });
});

it("is due with the month where the customer pays by invoice, and void it is billed anew", async () => {
  const { sibling } = tree;
  desk.time = after(JUNE, 10 * HOUR);
  // Credit begins in the moment in which the first hour is paid.
  await desk.invoiced(sibling, 100_000n, desk.time);
  const id = await services.subscribe(sibling, hourly);
  await services.until(after(desk.time, 2 * HOUR + MINUTE));
  await services.cancel(id);
  await services.until(RUN);
  expect((await desk.run()).failures).toEqual([]);
  const row = await desk.invoiceOf(sibling);
  expect(row).toMatchObject({ state: "ISSUED", total: 3n * 116n, due: 3n * 116n });
  expect(await desk.wallet(sibling)).toMatchObject({ posted: 0n, invoiced: 348n });
  await desk.change("voidInvoice", { invoiceId: row.id, reason: "Wrong address" }, desk.issuer());
  await desk.run();
  const [, again] = await expectVoidAndAgain(sibling);
  expect(again).toMatchObject({ state: "ISSUED", due: 348n });
});

const expectVoidAndAgain = async (organisationId: string) => {
  const rows = await desk.invoicesOf(organisationId);
  expect(rows.map(({ state }) => state)).toEqual(["VOID", "ISSUED"]);
  return rows;
};

it("shows what a coupon took off its first hour, and waits for no renewal that nobody can pay", async () => {
  const { reseller } = tree;
  await desk.credit(reseller, 80n + 117n + 3n);
  desk.time = after(JULY, -10 * HOUR);
  const began = JUNE.toISOString();
  await inside(
    (
      tx,
    ) => tx.sql`insert into coupon (organisation_id, code, uses, amount, currency, max_redemptions, starts_at, created_at)
      values (${tree.operator}, 'LESS', '{SERVICE_SUBSCRIPTION}', 31, 'ZAR', 1, ${began}, ${began})`,
  );
  await services.subscribe(reseller, hourly, 1, "LESS");
  await services.until(after(JULY, -5 * HOUR));
  await services.until(RUN);
  expect((await desk.run()).failures).toEqual([]);
  const row = await desk.invoiceOf(reseller);
  expect((await linesOf(row.id)).map(shown)).toEqual([
    ["SERVICE", "Watch", "2", 202n],
    ["COUPON", "Coupon LESS", null, -31n],
    ["TAX", "VAT, 15 %", null, 26n],
  ]);
  // What was late is paid in July, and is on July's invoice.
  await desk.credit(reseller, 116n);
  await services.until(after(RUN, 20 * MINUTE));
  desk.time = after(JULY, 32 * 24 * HOUR);
  await services.until(desk.time);
  await desk.run("2026-07");
  expect((await expectBilledWhole(reseller)).map(({ total }) => total)).toEqual([197n, 116n]);
});

it("that changes to a service by the month and back has each part where it belongs", async () => {
  const { otherCustomer } = tree;
  await desk.credit(otherCustomer, 500_000n);
  desk.time = after(JUNE, 24 * HOUR);
  const id = await services.subscribe(otherCustomer, hourly);
  // Three for the third quarter of the first hour, two for the last.
  desk.time = after(JUNE, 24 * HOUR + 30 * MINUTE);
  await services.change(id, { quantity: 3 });
  desk.time = after(JUNE, 24 * HOUR + 45 * MINUTE);
  await services.change(id, { quantity: 2 });
  await services.until(after(JUNE, 26 * HOUR + 15 * MINUTE));
  expect(await desk.invoicesOf(otherCustomer)).toEqual([]);
  await services.change(id, { itemId: monthly });
  // Of the running hour a quarter was used; the month has an invoice of its own, of nothing but itself.
  const [ofMonth, ...others] = await desk.invoicesOf(otherCustomer);
  expect([ofMonth?.total, others]).toEqual([165_600n, []]);
  await services.until(after(JUNE, 26 * HOUR + 15 * MINUTE + 360 * HOUR));
  await services.change(id, { itemId: hourly });
  expect(await creditNotes(ofMonth?.id ?? "")).toEqual([{ amount: 82_800n, tax: 10_800n }]);
  await services.until(after(desk.time, HOUR + MINUTE));
  await services.cancel(id);
  await services.until(RUN);
  expect((await desk.run()).failures).toEqual([]);
  const [, ofJune] = await expectBilledWhole(otherCustomer);
  const lines = await linesOf(ofJune?.id ?? "");
  const amountOf = (kind: string) => lines.filter((line) => line.kind === kind).map(({ amount }) => amount);
  // Hours that were paid from their beginning: one with one, two with two, and two with two after the month.
  expect(lines.map(({ kind, quantity }) => [kind, quantity])).toEqual([
    ["SERVICE", "9"],
    ["PRORATION", null],
    ["TAX", null],
  ]);
  expect(amountOf("SERVICE")).toEqual([9n * 101n]);
  // In the first hour 101 × (1/2 + 3/4 + 2/4) less the 101 paid, and of the third three quarters of 202 back.
  expect(amountOf("PRORATION")).toEqual([177n - 101n + (50n - 202n)]);
});

it("gives back an hour that is on an invoice by a credit note: of what was billed nothing is taken off the next month", async () => {
  const { otherReseller } = tree;
  await desk.credit(otherReseller, 100_000n);
  desk.time = after(JULY, -30 * MINUTE);
  const id = await services.subscribe(otherReseller, await services.offer("Line", 100n), 4);
  // The hour that June's invoice covers goes on into July.
  desk.time = after(JULY, 10 * MINUTE);
  expect((await desk.run("2026-06")).failures).toEqual([]);
  const row = await desk.invoiceOf(otherReseller);
  expect(row).toMatchObject({ total: 460n, periodTo: JULY });
  desk.time = after(JULY, 15 * MINUTE);
  await services.change(id, { quantity: 2 });
  // A quarter of the hour is left of two that nobody uses.
  expect(await creditNotes(row.id)).toEqual([{ amount: 58n, tax: 8n }]);
  expect(await booked(otherReseller)).toEqual({ subtotal: 350n, tax: 52n });
  await services.cancel(id);
  await services.until(RUN);
  desk.time = after(JULY, 32 * 24 * HOUR);
  await desk.run("2026-07");
  expect(await expectBilledWhole(otherReseller)).toHaveLength(1);
  const change = services.change(id, { quantity: 1 });
  await expect(change).rejects.toThrow(Fault);
});

it("costs what all of its hours come to, discounts and tax as well: what rounding leaves of one counts in the next", async () => {
  const { sibling } = tree;
  // In August: July is billed by now.
  desk.time = after(JULY, 40 * 24 * HOUR);
  const began = desk.time.toISOString();
  await inside(
    (tx) => tx.sql`insert into promotion (organisation_id, name, basis_points, starts_at, created_at)
      values (${tree.operator}, 'Autumn', 250, ${began}, ${began})`,
  );
  const id = await services.subscribe(sibling, await services.offer("Ping", 10n));
  await services.until(after(desk.time, 99 * HOUR));
  await services.cancel(id);
  desk.time = after(JULY, 70 * 24 * HOUR);
  await services.until(desk.time);
  await desk.run("2026-08");
  const row = (await desk.invoicesOf(sibling)).find(({ month }) => month === "2026-08");
  expect((await linesOf(row?.id ?? "")).map(shown)).toEqual([
    ["SERVICE", "Ping, 2.5 % off by promotions", "100", 975n],
    ["TAX", "VAT, 15 %", null, 146n],
  ]);
});
