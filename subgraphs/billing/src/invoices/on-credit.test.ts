import { testTree } from "@tollgate/kit/testing";
import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest";
import { placeHold } from "../ledger/holds.js";
import { postEntry } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import { system } from "../testing/arrange.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";
import { chargeUntil } from "../usage/charge.js";
import { decideClosing } from "../wallet/closing.js";

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

it("bills all that was used on credit in a month in the middle of which the limit changed", async () => {
  const { customer } = desk.tree;
  await desk.invoiced(customer, 100_000n, inJune(-1));
  await desk.use(customer, 10_000n, 1_500n, inJune(5));
  await desk.invoiced(customer, 200_000n, inJune(15));
  await desk.use(customer, 20_000n, 3_000n, inJune(25));
  expect((await desk.run()).failures).toEqual([]);
  expect(await desk.invoiceOf(customer)).toMatchObject({ state: "ISSUED", total: 34_500n, due: 34_500n });
  expect(await desk.wallet(customer)).toMatchObject({ posted: 0n, receivable: -34_500n, invoiced: 34_500n });
});

it("bills a month in which more became a debt than its own use: money kept for storage was given on credit too", async () => {
  const { otherReseller: organisationId } = desk.tree;
  await desk.invoiced(organisationId, 2_000n, inJune(-1));
  const { id: walletId } = await desk.wallet(organisationId);
  const kept = { kind: "STORAGE_RESERVE" as const, amount: 1_500n, orderId: null, vmId: null, description: "Storage" };
  await system(desk.billing.subgraph, (tx) => placeHold(tx, { ...kept, organisationId, walletId, at: JUNE }));
  await desk.machine(organisationId, new Date(JULY.getTime() - 48 * HOUR), 48);
  const before = await desk.wallet(organisationId);
  expect(before.posted).toBe(before.held);
  expect((await desk.run()).failures).toEqual([]);
  const row = await desk.invoiceOf(organisationId);
  expect(row).toMatchObject({ state: "ISSUED", due: row.total });
  expect(await desk.wallet(organisationId)).toMatchObject({ receivable: before.receivable, available: 0n });
});

it("lets nobody spend what moves to an invoice while other debts are open: they are paid at once", async () => {
  const { sibling: organisationId } = desk.tree;
  await desk.invoiced(organisationId, 10_000n, inJune(-1));
  await desk.use(organisationId, 7_000n, 1_000n, inJune(5));
  const { id: walletId } = await desk.wallet(organisationId);
  const legs = [
    { walletId, account: "WALLET" as const, amount: 8_000n },
    { walletId, account: "RECEIVABLE" as const, amount: -20_000n },
    { walletId, account: "PROVIDER_CLEARING" as const, amount: 12_000n },
  ];
  const chargeback = {
    organisationId,
    kind: "CHARGEBACK" as const,
    description: "Chargeback",
    eventAt: inJune(6),
    legs,
  };
  await system(desk.billing.subgraph, (tx) => postEntry(tx, chargeback));
  await desk.run();
  expect(await desk.invoiceOf(organisationId)).toMatchObject({ state: "ISSUED", due: 8_000n });
  const after = await desk.wallet(organisationId);
  expect(after).toMatchObject({ available: 0n, posted: 0n, receivable: -20_000n, invoiced: 8_000n });
});

it("bills the last month of an organisation that has closed: it left with nothing to pay", async () => {
  const { otherCustomer: organisationId } = desk.tree;
  await desk.credit(organisationId, 1_150n);
  await desk.invoiced(organisationId, 10_000n, inJune(-1));
  await desk.use(organisationId, 1_000n, 150n, inJune(5));
  const closing = { closingId: organisationId, organisationId };
  await system(desk.billing.subgraph, (tx) => decideClosing(tx, closing, inJune(10)));
  expect((await desk.wallet(organisationId)).state).toBe("CLOSED");
  expect((await desk.run()).failures).toEqual([]);
  expect(await desk.invoiceOf(organisationId)).toMatchObject({ state: "PAID", total: 1_150n, due: 0n });
});

it("lets what was used before credit began be paid as before, however late it is charged", async () => {
  const { reseller: organisationId } = desk.tree;
  await desk.machine(organisationId, new Date(JULY.getTime() - 5 * HOUR), 0);
  await desk.invoiced(organisationId, 10_000n, new Date(JULY.getTime() - 2 * HOUR));
  await chargeUntil(desk.database, JULY);
  expect((await desk.run()).failures).toEqual([]);
  // Nothing stays on credit that no invoice asks for.
  const { posted, receivable, revenue, tax } = await desk.wallet(organisationId);
  expect(revenue).toBeGreaterThan(0n);
  expect([posted, receivable]).toEqual([0n, -revenue - tax]);
});
