import { randomUUID } from "node:crypto";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { system } from "../testing/arrange.js";
import { PaymentDesk } from "../testing/payments.js";
import { receiptPaper } from "./receipt-paper.js";

const tree = testTree();
let desk: PaymentDesk;

beforeAll(async () => {
  desk = await PaymentDesk.open(inject("postgresUrl"), tree);
});
afterAll(() => desk.close());

const receiptOf = async (id: string): Promise<{ url: string; contentType: string } | null> => {
  const document = "query ($id: ID!) { topUp(id: $id) { receipt { url contentType } } }";
  const { data, errors } = await desk.billing.execute(document, { id }, desk.caller());
  if (errors) throw new Error(JSON.stringify(errors));
  return (data as { topUp: { receipt: { url: string; contentType: string } | null } }).topUp.receipt; // as asked for
};

const written = async (id: string) => {
  const paper = await system(desk.billing.subgraph, (tx) => receiptPaper(tx, id));
  const plain = (text: string) => text.replaceAll("\u00a0", " ");
  return paper && { ...paper, lines: paper.rows.map(({ cells }) => plain(cells.slice(1).join("|"))) };
};

test("a payment has a receipt once it is credited, as a PDF by a link that ends", async () => {
  const started = await desk.start({ provider: "STRIPE" });
  expect(await receiptOf(started.id)).toBeNull();
  expect(await written(started.id)).toBeNull();
  const { id } = await desk.paid();
  const receipt = await receiptOf(id);
  expect(receipt?.contentType).toBe("application/pdf");
  const { pathname: path, searchParams: query } = new URL(receipt?.url ?? "");
  const route = desk.billing.subgraph.routes.find((one) => one.path === path);
  const request = { method: "GET", path, query, headers: {}, rawBody: new Uint8Array(), address: "127.0.0.1" };
  const answer = await route?.handle(request);
  expect(answer?.status).toBe(200);
  expect(Buffer.from(answer?.body as Uint8Array).toString("latin1", 0, 5)).toBe("%PDF-"); // a document is bytes
});

test("it names both sides, what was paid and what went back since", async () => {
  const { id, reference } = await desk.paid();
  expect(await written(id)).toMatchObject({
    number: reference,
    mark: "Paid",
    issuer: { title: "Paid to" },
    lines: ["Payment by Stripe|R 500,00"],
  });
  const amount = { minorUnits: "12000", currency: "ZAR" };
  const wanted = { topUpId: id, reason: "Too much", idempotencyKey: randomUUID() };
  await desk.change("refundTopUp", { ...wanted, amount }, desk.caller(tree.reseller));
  expect((await written(id))?.lines).toEqual(["Payment by Stripe|R 500,00", "Refund: Too much|-R 120,00"]);
  await desk.change("refundTopUp", { ...wanted, idempotencyKey: randomUUID() }, desk.caller(tree.reseller));
  expect(await written(id)).toMatchObject({ mark: "Refunded" });
});
