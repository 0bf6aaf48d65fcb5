import { testTree } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest";
import { verifyLedger } from "../ledger/verify.js";
import { applyBillingModes } from "../modes/applying.js";
import { billingMode } from "../modes/mode.schema.js";
import { system } from "../testing/arrange.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";
import { recoverAll } from "../usage/recover.js";
import { invoicePaper } from "./paper.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const inJune = (days: number) => new Date(JUNE.getTime() + days * DAY);
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), testTree());
});

afterEach(async () => {
  expect((await system(desk.billing.subgraph, verifyLedger)).findings).toEqual([]);
});

afterAll(() => desk.close());

/** Pays first from a moment on. */
const prepaid = async (organisationId: string, effectiveFrom: Date): Promise<void> => {
  const decided = { mode: "PREPAID" as const, effectiveFrom, createdAt: effectiveFrom };
  await system(desk.billing.subgraph, (tx) => tx.db.insert(billingMode).values({ ...decided, organisationId }));
  await applyBillingModes(desk.database, desk.time);
};

const paysIn = async (organisationId: string, minorUnits: bigint): Promise<void> => {
  await desk.credit(organisationId, minorUnits);
  expect(await recoverAll(desk.database, desk.time)).toEqual(new Map());
};

const notesOn = async (id: string) =>
  (await system(desk.billing.subgraph, (tx) => invoicePaper(tx, id, desk.time)))?.notes.join(" ").replace(/\s/g, " ");

/** R 230,00 used on credit that ended in the middle of June. */
const usedOnCredit = async (organisationId: string): Promise<void> => {
  await desk.invoiced(organisationId, 100_000n, inJune(-1));
  await desk.use(organisationId, 20_000n, 3_000n, inJune(5));
  await prepaid(organisationId, inJune(15));
};

it("is due where credit ended in the middle of the month, and is collected from what comes in like any debt", async () => {
  const { customer } = desk.tree;
  await usedOnCredit(customer);
  expect(await desk.wallet(customer)).toMatchObject({ posted: 0n, receivable: -23_000n, invoiced: 0n });
  expect((await desk.run()).failures).toEqual([]);
  expect(await desk.invoiceOf(customer)).toMatchObject({
    mode: "PREPAID",
    state: "ISSUED",
    total: 23_000n,
    due: 23_000n,
  });
  expect(await desk.wallet(customer)).toMatchObject({ posted: 0n, receivable: -23_000n, invoiced: 23_000n });
  await paysIn(customer, 10_000n);
  expect(await desk.invoiceOf(customer)).toMatchObject({ state: "ISSUED", due: 13_000n, paid: 10_000n });
  await paysIn(customer, 20_000n);
  const row = await desk.invoiceOf(customer);
  expect(row).toMatchObject({ state: "PAID", due: 0n, paid: 23_000n });
  expect(await notesOn(row.id)).toBe("");
  expect(await desk.wallet(customer)).toMatchObject({
    posted: 7_000n,
    receivable: 0n,
    invoiced: 0n,
    available: 7_000n,
  });
});

it("asks for what is left where a part was paid before the invoice came, and says so", async () => {
  const { sibling } = desk.tree;
  await usedOnCredit(sibling);
  await paysIn(sibling, 5_000n);
  await desk.run();
  const row = await desk.invoiceOf(sibling);
  expect(row).toMatchObject({ state: "ISSUED", total: 23_000n, due: 18_000n, paid: 0n });
  expect(await notesOn(row.id)).toMatch(/^Due: R 180[,.]00\..* R 50[,.]00 were paid in advance/);
});

it("asks for use of each stretch on credit, however often that ended", async () => {
  const { otherCustomer } = desk.tree;
  await usedOnCredit(otherCustomer);
  await desk.invoiced(otherCustomer, 50_000n, inJune(20));
  await desk.use(otherCustomer, 10_000n, 1_500n, inJune(25));
  await desk.run();
  expect(await desk.invoiceOf(otherCustomer)).toMatchObject({ mode: "INVOICED", state: "ISSUED", due: 34_500n });
  expect(await desk.wallet(otherCustomer)).toMatchObject({ posted: 0n, receivable: -34_500n, invoiced: 34_500n });
});

it("asks for use that neither money nor reserves paid, and for nothing of it where it was paid since", async () => {
  const { otherReseller, reseller } = desk.tree;
  for (const id of [otherReseller, reseller]) await desk.machine(id, new Date(JULY.getTime() - 5 * HOUR), 5);
  await paysIn(reseller, 10_000n);
  await desk.run();
  const owing = await desk.invoiceOf(otherReseller);
  expect(owing).toMatchObject({ state: "ISSUED", due: owing.total });
  const paid = await desk.invoiceOf(reseller);
  expect(paid).toMatchObject({ state: "PAID", due: 0n });
  expect(await notesOn(paid.id)).toBe("Paid in advance, from the wallet, as it was used.");
});

it("asks no longer, once it is issued, for what was paid while it was a draft", async () => {
  const { reseller } = desk.tree;
  await desk.setting(reseller, "billing.issueInvoices", false);
  await desk.machine(reseller, new Date(JULY.getTime() + 5 * HOUR), 800);
  desk.time = new Date("2026-08-04T06:00:00Z");
  await desk.run();
  const [draft] = (await desk.invoicesOf(reseller)).filter(({ state }) => state === "DRAFT");
  if (!draft) throw new Error("no draft");
  expect(draft.due).toBeGreaterThan(0n);
  await paysIn(reseller, draft.due - 100n);
  const above = desk.issuerOf(desk.tree.operator, "INTERNAL");
  const issued = await desk.change("issueInvoice", { invoiceId: draft.id }, above);
  expect(issued).toMatchObject({ state: "ISSUED", amountDue: { minorUnits: "100" } });
  // What was used in August is owed besides.
  const { invoiced, receivable } = await desk.wallet(reseller);
  expect(invoiced).toBe(100n);
  expect(receivable).toBeLessThan(-100n);
});
