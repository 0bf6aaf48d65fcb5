import { randomUUID } from "node:crypto";
import type { RequestCaller } from "@tollgate/kit/protocol";
import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { system } from "../testing/arrange.js";
import { InvoiceDesk, JULY, JUNE } from "../testing/invoices.js";

const MONTH = new Date(JULY.getTime() - 3_600_000).toISOString();
const tree = testTree();
let desk: InvoiceDesk;

beforeAll(async () => {
  desk = await InvoiceDesk.open(inject("postgresUrl"), tree);
  for (const id of [tree.customer, tree.otherCustomer]) {
    await desk.credit(id, 50_000n);
    await desk.use(id, 2_000n, 300n, new Date(MONTH));
  }
});
afterAll(() => desk.close());

interface Answer {
  result?: { __typename: string; month?: string; invoiced?: number; skipped?: number; code?: string };
  code?: unknown;
}

/** The run as its mutation answers it, or the code of the error that came instead. */
const runAs = async (as: RequestCaller, input: object = {}): Promise<Answer> => {
  const document = `mutation ($input: RunInvoicingInput!) { result: runInvoicing(input: $input) { __typename
    ... on InvoicingRun { month invoiced skipped failures { problem } } ... on Problem { code } } }`;
  const whole = { month: MONTH, idempotencyKey: randomUUID(), ...input };
  const { data, errors } = await desk.billing.execute(document, { input: whole }, as);
  if (errors) return { code: errors[0]?.extensions?.["code"] };
  return data as Answer; // as the document asks for it
};

it("is refused to those who do not bill, for a month that is not over, and for organisations of others", async () => {
  expect(await runAs(desk.payer())).toEqual({ code: "FORBIDDEN" });
  const current = await runAs(desk.issuer(), { month: desk.time.toISOString() });
  expect(current.result).toMatchObject({ __typename: "InvalidInputProblem" });
  expect(await runAs(desk.issuer(), { organisationId: tree.otherCustomer })).toEqual({ code: "NOT_FOUND" });
  expect(await desk.invoicesOf(tree.customer)).toEqual([]);
  expect(await desk.invoicesOf(tree.otherCustomer)).toEqual([]);
});

it("bills those below whoever asks and nobody else, once, tells the same for the same key, and is recorded", async () => {
  const idempotencyKey = randomUUID();
  const first = await runAs(desk.issuer(), { idempotencyKey });
  expect(first.result).toEqual({
    __typename: "InvoicingRun",
    month: "2026-06-01T00:00:00.000Z",
    invoiced: 1,
    skipped: 1,
    failures: [],
  });
  expect(await desk.invoiceOf(tree.customer)).toMatchObject({ total: 2_300n, issuerId: tree.reseller });
  expect(await desk.invoicesOf(tree.otherCustomer)).toEqual([]);
  expect(await runAs(desk.issuer(), { idempotencyKey })).toEqual(first);
  expect((await runAs(desk.issuer())).result).toMatchObject({ invoiced: 0, skipped: 2 });
  const records = await system(
    desk.billing.subgraph,
    (tx) => tx.sql<{ after: object }[]>`
      select payload -> 'after' as after from outbox where type = 'audit.recorded' and payload ->> 'resource' = 'invoicing'
        and payload ->> 'outcome' = 'SUCCEEDED' order by occurred_at`,
  );
  expect(records[0]?.after).toMatchObject({ month: "2026-06", invoiced: 1, failed: 0 });
});

it("bills nothing for a key that was used for another month", async () => {
  const idempotencyKey = randomUUID();
  expect((await runAs(desk.issuer(), { idempotencyKey })).result?.__typename).toBe("InvoicingRun");
  const may = new Date(JUNE.getTime() - 3_600_000);
  await desk.credit(tree.sibling, 50_000n);
  await desk.use(tree.sibling, 2_000n, 300n, may);
  const other = await runAs(desk.issuer(), { idempotencyKey, month: may.toISOString() });
  expect(other.result).toMatchObject({ __typename: "ConflictProblem" });
  expect(await desk.invoicesOf(tree.sibling)).toEqual([]);
});

it("tells the issuer of an invoice to who sees that organisation, and to who pays nothing of those above", async () => {
  const { id } = await desk.invoiceOf(tree.customer);
  const issuerFor = async (as: RequestCaller) => {
    const document = "query ($id: ID!) { invoice(id: $id) { number issuer { id } } }";
    const { data, errors } = await desk.billing.execute(document, { id }, as);
    expect(errors).toBeUndefined();
    return (data as { invoice: { issuer: { id: string } | null } }).invoice.issuer; // as the document asks for it
  };
  expect(await issuerFor(desk.issuer())).toEqual({ id: tree.reseller });
  expect(await issuerFor(desk.payer())).toBeNull();
});
