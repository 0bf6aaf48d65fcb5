import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { verifyLedger } from "../ledger/verify.js";
import { system } from "../testing/arrange.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";
import { credit } from "../topups/crediting.js";
import { lockTopUp } from "../topups/writing.js";

const HOUR = 3_600_000;
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), testTree());
  const { customer } = desk.tree;
  await desk.invoiced(customer, 1_000_000n, JUNE);
  await desk.use(customer, 100_000n, 15_000n, new Date(JULY.getTime() - HOUR));
  await desk.run();
  // What is used in July is on no invoice yet.
  await desk.use(customer, 20_000n, 3_000n, new Date(JULY.getTime() + HOUR));
});

afterAll(() => desk.close());

const start = async (minorUnits: bigint): Promise<string> => {
  const { customer } = desk.tree;
  const { id: invoiceId } = await desk.invoiceOf(customer);
  const input = { invoiceId, provider: "MANUAL", amount: { minorUnits: `${minorUnits}`, currency: "ZAR" } };
  const { topUp, invoice } = await desk.change("payInvoice", input, desk.payer());
  expect([topUp?.state, invoice?.state]).toEqual(["PENDING", "ISSUED"]);
  return topUp?.id ?? "";
};

/** The provider's word has come. */
const arrive = (topUpId: string) =>
  system(desk.billing.subgraph, async (tx) => credit(tx, await lockTopUp(tx, topUpId), desk.time));

it("pays the invoice with the money that came in for it, in part too, and leaves the rest in the wallet", async () => {
  const { customer } = desk.tree;
  const payments = [await start(40_000n), await start(75_000n), await start(50_000n)];
  expect(await desk.invoiceOf(customer)).toMatchObject({ state: "ISSUED", due: 115_000n });
  const [first = "", second = "", third = ""] = payments;
  await arrive(first);
  expect(await desk.invoiceOf(customer)).toMatchObject({ state: "ISSUED", due: 75_000n, paid: 40_000n });
  // The use of July stays on credit: nothing of the payment went there.
  expect(await desk.wallet(customer)).toMatchObject({ posted: -23_000n, receivable: -75_000n, invoiced: 75_000n });
  await Promise.all([arrive(second), arrive(third)]);
  expect(await desk.invoiceOf(customer)).toMatchObject({ state: "PAID", due: 0n, paid: 115_000n });
  // One of them came too late for the invoice, wholly or in part.
  expect(await desk.wallet(customer)).toMatchObject({ posted: 27_000n, receivable: 0n, invoiced: 0n });
  expect((await system(desk.billing.subgraph, verifyLedger)).findings).toEqual([]);
});
