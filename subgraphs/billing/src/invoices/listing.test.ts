import { countStatements } from "@tollgate/kit";
import { requestCaller, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { InvoiceDesk, JULY } from "../testing/invoices.js";
import { ask } from "../testing/orders.js";

const HOUR = 3_600_000;
const before = (at: Date, hours: number): Date => new Date(at.getTime() - hours * HOUR);
const tree = testTree();
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), tree);
  for (const id of [tree.reseller, tree.customer, tree.sibling, tree.otherReseller, tree.otherCustomer]) {
    await desk.credit(id, 100_000n);
    for (let nth = 0; nth < 2; nth += 1) await desk.machine(id, before(JULY, 4), 5);
  }
  expect(await desk.run()).toMatchObject({ invoiced: 5, failures: [] });
  for (const id of [tree.customer, tree.sibling]) {
    const { id: invoiceId } = await desk.invoiceOf(id);
    const amount = { minorUnits: "10", currency: "ZAR" };
    await desk.change("issueCreditNote", { invoiceId, amount, reason: "Too much" }, desk.issuer());
  }
});
afterAll(() => desk.close());

it("lists invoices with all that can be asked of them in as many statements for one as for many", async () => {
  const document = `query ($n: Int) { invoices(first: $n) { totalCount nodes { id number issuer { id } organisation { id }
    lines { description vm { id } explanation { hours priceList { name organisation { id } rates { resource } volumeTiers { discountBasisPoints } }
      rate { resource } promotion { name } coupon { code } entries { id postings { id } reason { __typename } } } }
    creditNotes { number pdf { url } } serviceSubscription { id } pdf { url } } } }`;
  const permissions = ["invoice", "price", "wallet", "promotion", "serviceSubscription"].map((one) => `${one}:read`);
  const operator = requestCaller({ org: tree.operator, kind: "INTERNAL", permissions });
  type Listed = {
    invoices: { totalCount: number; nodes: { lines: { explanation: { entries: object[] } | null }[] }[] };
  };
  const list = (n: number) => ask<Listed>(desk.billing, document, { n }, operator);
  const { invoices } = await list(20);
  expect(invoices).toMatchObject({ totalCount: 5 });
  expect(invoices.nodes.every(({ lines }) => lines.some((line) => line.explanation?.entries.length))).toBe(true);
  const count = async (n: number) => (await countStatements(() => list(n))).map(String);
  const [many, one] = [await count(20), await count(1)];
  // One alone may ask for an organisation that is a party of another among many.
  expect(many.length).toBeLessThanOrEqual(one.length);
});
