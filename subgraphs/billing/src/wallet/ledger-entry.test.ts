import { randomUUID } from "node:crypto";
import { requestCaller, testTree } from "@tollgate/kit/testing";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { entry } from "../ledger/ledger.schema.js";
import { system } from "../testing/arrange.js";
import { PaymentDesk } from "../testing/payments.js";

const tree = testTree();
let desk: PaymentDesk;
let topUpId: string;
let refundEntry: string;

beforeAll(async () => {
  desk = await PaymentDesk.open(inject("postgresUrl"), tree);
  ({ id: topUpId } = await desk.paid());
  const wish = { topUpId, amount: { minorUnits: "20000", currency: "ZAR" }, reason: "Paid by mistake" };
  await desk.change("refundTopUp", { ...wish, idempotencyKey: randomUUID() }, desk.caller(tree.reseller));
  const [row] = await system(desk.billing.subgraph, (tx) =>
    tx.db.select({ id: entry.id }).from(entry).where(eq(entry.kind, "REFUND")),
  );
  refundEntry = row?.id ?? "";
});

afterAll(() => desk.close());

const ENTRY = `query ($id: ID!) { ledgerEntry(id: $id) { id kind postings { account amount { minorUnits currency } }
  reverses { kind reason { ... on TopUp { id } } postings { account amount { minorUnits } } }
  reason { __typename ... on TopUp { id reference } ... on Order { id } ... on UsageRecord { id } } } }`;

const ask = (id: string, org = tree.customer, permissions = ["wallet:read"]) =>
  desk.billing.execute(ENTRY, { id }, requestCaller({ org, permissions }));

it("is found by its id, with its postings, the entry that it reverses and what it came from", async () => {
  const { data, errors } = await ask(refundEntry);
  expect(errors).toBeUndefined();
  expect(data?.["ledgerEntry"]).toMatchObject({
    id: refundEntry,
    kind: "REFUND",
    postings: [
      { account: "WALLET", amount: { minorUnits: "-20000", currency: "ZAR" } },
      { account: "PROVIDER_CLEARING", amount: { minorUnits: "20000", currency: "ZAR" } },
    ],
    reason: { __typename: "TopUp", id: topUpId },
    reverses: {
      kind: "TOP_UP",
      reason: { id: topUpId },
      postings: [
        { account: "WALLET", amount: { minorUnits: "50000" } },
        { account: "PROVIDER_CLEARING", amount: { minorUnits: "-50000" } },
      ],
    },
  });
});

it.each([
  ["of a stranger", () => ask(refundEntry, tree.sibling)],
  ["that nobody wrote", () => ask(randomUUID())],
  ["that is no id", () => ask("1 or 1=1")],
])("is not found %s", async (_, asking) => {
  const { data, errors } = await asking();
  expect(data?.["ledgerEntry"] ?? null).toBeNull();
  expect(errors?.[0]?.extensions?.["code"]).toBe("NOT_FOUND");
});
