import { randomUUID } from "node:crypto";
import { countStatements } from "@tollgate/kit";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { system, vmChanged } from "../testing/arrange.js";
import { buyer, issued, OrderDesk, orderFrom } from "../testing/orders.js";

const tree = testTree();
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
  await desk.pay(tree.customer, 10_000_000n);
});
afterAll(() => desk.stop());

const quotes = (count: number, as = buyer(tree.customer)): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => issued(desk.billing, as)));

it("orders that come at once take few statements, and each is its own buyer's", async () => {
  const ids = await quotes(13);
  const [first = "", ...others] = ids;
  const alone = await countStatements(() => orderFrom(desk.billing, buyer(tree.customer), first));
  const buyers = others.map(() => buyer(tree.customer));
  const together = await countStatements(async () => {
    const answers = await Promise.all(others.map((id, nth) => orderFrom(desk.billing, buyers[nth] ?? buyer(""), id)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(others.length);
  });
  // The first goes alone, and the reading afterwards is each one's own.
  expect(together.length).toBeLessThan((others.length * alone.length) / 2);
  const rows = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ quote_id: string; placed_by: string; request: string }[]>`
      select o.quote_id, o.placed_by, a.payload->>'requestId' as request from customer_order o
        join outbox a on a.type = 'audit.recorded' and a.payload->>'resourceId' = o.id::text
       where o.quote_id = any(${others}::uuid[])`,
  );
  const told = new Map(rows.map((row) => [row.quote_id, row]));
  for (const [nth, id] of others.entries()) {
    const { claims, requestId } = buyers[nth] ?? buyer("");
    expect(told.get(id)).toMatchObject({ placed_by: claims?.sub, request: requestId });
  }
});

it("of orders that come at once those that cannot be are refused alone", async () => {
  const before = await desk.books(tree.customer);
  const [a = "", b = "", c = ""] = await quotes(3);
  const [as, key] = [buyer(tree.customer), randomUUID()];
  const order = (quoteId: string, idempotencyKey?: string) => orderFrom(desk.billing, as, quoteId, idempotencyKey);
  const answers = await Promise.all([
    ...[order(a), order(b, key), order(b, key), order(randomUUID()), order(c), order(c), order(a, key), order(b, "")],
  ]);
  const codes = answers.map(({ id, code }) => (id ? "ORDERED" : code));
  expect(codes.filter((code) => code === "ORDERED")).toHaveLength(4);
  expect([codes[0], codes[1], codes[2], codes[3]]).toEqual(["ORDERED", "ORDERED", "ORDERED", "NOT_FOUND"]);
  expect([codes[4], codes[5]].toSorted()).toEqual(["CONFLICT", "ORDERED"]);
  expect([codes[6], codes[7]]).toEqual(["CONFLICT", "INVALID_INPUT"]);
  expect(answers[1]?.id).toBe(answers[2]?.id);
  const after = await desk.books(tree.customer);
  expect(after.held - before.held).toBe(3n * 15_000n);
});

it("orders that come at once count each other: beside a machine that runs as many fit as one after the other", async () => {
  await desk.receive(vmChanged({ organisationId: tree.sibling }));
  await desk.pay(tree.sibling, 70_000n);
  const as = buyer(tree.sibling);
  const ids = await quotes(4, as);
  // Each needs the runway of the machine that runs beside its own, R300: R700, R550, R400, and not R250.
  const answers = await Promise.all(ids.map((id) => orderFrom(desk.billing, as, id)));
  expect(answers.map(({ id, code }) => (id ? "ORDERED" : code)).toSorted()).toEqual([
    ...["INSUFFICIENT_FUNDS", "ORDERED", "ORDERED", "ORDERED"],
  ]);
  expect((await desk.books(tree.sibling)).held).toBe(45_000n);
});
