import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { creditWallet } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import { asAdministrator, system } from "../testing/arrange.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";
import { remindOverdue } from "./reminding.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ISSUED = new Date("2026-07-01T06:00:00Z");
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), testTree());
});

beforeEach(() => {
  desk.time = ISSUED;
});

afterEach(async () => {
  expect((await system(desk.billing.subgraph, verifyLedger)).findings).toEqual([]);
});

afterAll(() => desk.close());

/** The reseller's customer used R 115,00 of its credit in June and gets the invoice. */
const billed = async (organisationId: string) => {
  await desk.invoiced(organisationId, 100_000n, new Date(JUNE.getTime() - DAY));
  await desk.use(organisationId, 10_000n, 1_500n, new Date(JULY.getTime() - HOUR));
  const { available } = await desk.wallet(organisationId);
  await desk.run();
  const row = await desk.invoiceOf(organisationId);
  return { row, available };
};

const remind = (failed: string[] = []) => remindOverdue(desk.database, desk.time, (id) => failed.push(id));

const zar = (minorUnits: bigint) => ({ minorUnits: `${minorUnits}`, currency: "ZAR" });
const pay = (invoiceId: string, rest = {}, org = desk.tree.customer) =>
  desk.change("payInvoice", { invoiceId, ...rest }, desk.payer(org));

it("goes from the month's end to paid: due, in part, overdue, reminded, credited, paid", async () => {
  const { customer } = desk.tree;
  const { row, available } = await billed(customer);
  expect(row).toMatchObject({ state: "ISSUED", total: 11_500n, due: 11_500n });
  expect(row.dueAt).toEqual(new Date(ISSUED.getTime() + 14 * DAY));
  // What was used on credit stands on the invoice now; what can be spent is as it was.
  expect(await desk.wallet(customer)).toMatchObject({ posted: 0n, receivable: -11_500n, invoiced: 11_500n, available });
  expect(await pay(row.id)).toMatchObject({ code: "INSUFFICIENT_FUNDS" });

  await system(desk.billing.subgraph, (tx) =>
    creditWallet(tx, {
      organisationId: customer,
      currency: "ZAR",
      minorUnits: 12_000n,
      description: "Transfer",
      at: desk.time,
      idempotencyKey: randomUUID(),
    }),
  );
  expect(await pay(row.id, { amount: zar(20_000n) })).toMatchObject({ code: "INVALID_INPUT" });
  const key = { idempotencyKey: "part", amount: zar(4_000n) };
  const parts = await Promise.all([pay(row.id, key), pay(row.id, key), pay(row.id, key)]);
  for (const part of parts)
    expect(part).toMatchObject({ invoice: { state: "ISSUED", amountDue: { minorUnits: "7500" } } });
  expect(await pay(row.id, { ...key, amount: zar(1n) })).toMatchObject({ code: "CONFLICT" });

  desk.time = new Date(ISSUED.getTime() + 14 * DAY);
  expect(await desk.seen(row.id, desk.payer())).toMatchObject({ state: "OVERDUE" });
  expect(await remind()).toBe(1);
  expect(await remind()).toBe(0);
  expect(await desk.change("remindInvoice", { invoiceId: row.id }, desk.issuer())).toMatchObject({ code: "CONFLICT" });
  desk.time = new Date(ISSUED.getTime() + 21 * DAY);
  expect(await remind()).toBe(1);

  const note = { invoiceId: row.id, amount: zar(1_150n), reason: "A machine was away" };
  expect(await desk.change("issueCreditNote", note, desk.issuer())).toMatchObject({
    state: "OVERDUE",
    amountDue: { minorUnits: "6350" },
    creditNotes: [{ number: "CN-2026-000001", amount: { minorUnits: "1150" } }],
  });
  expect(await pay(row.id)).toMatchObject({
    invoice: { state: "PAID", amountDue: { minorUnits: "0" }, remindersSent: 2 },
  });
  expect(await desk.wallet(customer)).toMatchObject({ posted: 1_650n, receivable: 0n, invoiced: 0n, tax: 1_350n });
  expect(await pay(row.id)).toMatchObject({ code: "CONFLICT" });
});

it("gives back to the wallet what a credit note takes of a paid one, at most all of it, with all of its tax", async () => {
  const { customer } = desk.tree;
  const { id } = await desk.invoiceOf(customer);
  const before = await desk.wallet(customer);
  desk.time = new Date(ISSUED.getTime() + 30 * DAY);
  const note = (amount: bigint) => ({ invoiceId: id, amount: zar(amount), reason: "All of it" });
  expect(await desk.change("issueCreditNote", note(10_351n), desk.issuer())).toMatchObject({ code: "INVALID_INPUT" });
  const reverse = await desk.change("issueCreditNote", note(10_350n), desk.issuer());
  expect(reverse).toMatchObject({ state: "PAID", creditNotes: [{}, { number: "CN-2026-000002" }] });
  expect(await desk.wallet(customer)).toMatchObject({ posted: before.posted + 10_350n, tax: 0n, revenue: 0n });
});

it("can be void while nothing is paid of it: the use is on credit again, and the month is billed anew", async () => {
  const { otherReseller } = desk.tree;
  const { row, available } = await billed(otherReseller);
  const above = desk.issuerOf(desk.tree.operator, "INTERNAL");
  const wish = { invoiceId: row.id, reason: "Wrong address" };
  expect(await desk.change("voidInvoice", wish, above)).toMatchObject({
    state: "VOID",
    amountDue: { minorUnits: "0" },
  });
  expect(await desk.wallet(otherReseller)).toMatchObject({ posted: -11_500n, receivable: 0n, invoiced: 0n, available });
  await desk.run();
  const [, second] = await desk.invoicesOf(otherReseller);
  expect(second).toMatchObject({ state: "ISSUED", total: 11_500n, number: "INV-2026-000002" });
  await desk.credit(otherReseller, 11_500n);
  expect(await pay(second?.id ?? "", { amount: zar(1n) }, otherReseller)).toMatchObject({
    invoice: { state: "ISSUED" },
  });
  const refusal = await desk.change("voidInvoice", { ...wish, invoiceId: second?.id }, above);
  expect(refusal).toMatchObject({ code: "CONFLICT" });
});

it("is managed from above and paid by whom it is for: nobody else, and nobody else's is found", async () => {
  const { customer, otherCustomer } = desk.tree;
  const { id } = await desk.invoiceOf(customer);
  const own = desk.payer(customer, ["invoice:read", "invoice:pay", "invoice:manage"]);
  expect(await desk.change("remindInvoice", { invoiceId: id }, own)).toMatchObject({ code: "FORBIDDEN" });
  expect(
    await desk.change("payInvoice", { invoiceId: id }, desk.issuer(["invoice:read", "invoice:pay"])),
  ).toMatchObject({
    code: "FORBIDDEN",
  });
  expect(await pay(id, {}, otherCustomer)).toMatchObject({ code: "NOT_FOUND" });
  expect(await desk.seen(id, desk.payer(otherCustomer))).toBeNull();
});

it("is compared with the books: what open invoices ask for is the debt that stands on invoices", async () => {
  const { otherReseller } = desk.tree;
  const [row] = (await desk.invoicesOf(otherReseller)).filter(({ state }) => state === "ISSUED");
  if (!row) throw new Error("no open invoice");
  const tamper = (change: string) =>
    asAdministrator(
      desk.billing.databaseUrl,
      `set local session_replication_role = replica; update invoice set ${change} where id = '${row.id}'`,
    );
  await tamper("due = due - 70");
  for (const walletId of [null, row.walletId]) {
    const { findings } = await system(desk.billing.subgraph, (tx) => verifyLedger(tx, walletId));
    expect(findings).toEqual([
      { law: "INVOICED_EQUALS_OPEN_INVOICES", entryId: null, walletId: row.walletId, difference: 70n },
    ]);
  }
  await tamper("due = due + 70");
});

it("is reminded of by itself: one that fails stops no other, and is tried again", async () => {
  const { otherReseller, sibling } = desk.tree;
  const [unlucky] = (await desk.invoicesOf(otherReseller)).filter(({ state }) => state === "ISSUED");
  const { row: other } = await billed(sibling);
  desk.time = new Date(ISSUED.getTime() + 14 * DAY);
  const forbid = `alter table invoice add constraint never check (id <> '${unlucky?.id}' or reminders_sent = 0)`;
  await asAdministrator(desk.billing.databaseUrl, forbid);
  const failed: string[] = [];
  expect(await remind(failed)).toBe(1);
  expect(failed).toEqual([unlucky?.id]);
  expect(await desk.seen(other.id, desk.payer(sibling))).toMatchObject({ state: "OVERDUE" });
  await asAdministrator(desk.billing.databaseUrl, "alter table invoice drop constraint never");
  expect(await remind()).toBe(1);
});
