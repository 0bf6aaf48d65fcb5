import { randomUUID } from "node:crypto";
import type { PassThroughResponse } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { billingSubgraph } from "../../index.js";
import { walletFor } from "../../ledger/ledger.js";
import { system } from "../../testing/arrange.js";
import { walletById } from "../../wallet/wallets.js";

const AT = new Date("2026-05-04T09:00:00Z");
const PAGE = "/demo/payments";
const tree = testTree();
let billing: TestSubgraph;

const definition = billingSubgraph({ clock: () => AT, demoPayments: true, publicUrl: "http://localhost:4000" });

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source);
});
afterAll(() => billing.stop());

/** As `npm start` does after it was stopped. */
const restart = async () => {
  billing = await billing.again(definition, tree.source);
};

const as = (org = tree.customer) =>
  requestCaller(
    { org, permissions: ["wallet:read", "wallet:topUp", "topUp:refund"] },
    { deadline: Date.now() + 60_000 },
  );

const wallet = (currency: "ZAR" | "IDR") =>
  system(billing.subgraph, async (tx) => walletById(tx, await walletFor(tx, tree.customer, currency)));

interface Shown {
  id: string;
  state: string;
  reference: string;
  step: { url: string; fields?: { name: string; value: string }[] } | null;
}

const change = async (name: string, input: Record<string, unknown>, caller = as()): Promise<Shown> => {
  const document = `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { result: ${name}(input: $input) {
    ... on TopUp { id state reference step { ... on RedirectStep { url } ... on SnapStep { url }
      ... on FormPostStep { url fields { name value } } } } ... on Problem { code message } } }`;
  const variables = { input: { idempotencyKey: randomUUID(), ...input } };
  const { data, errors } = await billing.execute(document, variables, caller);
  if (errors) throw new Error(JSON.stringify(errors));
  return (data as { result: Shown }).result; // as the document asks for it
};

const begin = async (provider: string, currency: "ZAR" | "IDR" = "ZAR"): Promise<Shown> => {
  const amount = { minorUnits: "10000000", currency };
  return change("startTopUp", { walletId: (await wallet(currency)).id, amount, provider });
};

const visit = async (method: "GET" | "POST", url: string, fields: Record<string, string> = {}) => {
  const { pathname: path, searchParams: query } = new URL(url, "http://localhost:4000");
  const route = billing.subgraph.routes.find((one) => one.path === path && one.method === method);
  if (!route) throw new Error(`nobody serves ${path}`);
  const rawBody = Buffer.from(new URLSearchParams(fields).toString());
  return route.handle({ method, path, query, headers: {}, rawBody, address: "127.0.0.1" });
};

const opened = ({ step }: Shown): Promise<PassThroughResponse> => {
  if (!step) throw new Error("there is no step");
  if (!step.fields) return visit("GET", step.url);
  return visit("POST", step.url, Object.fromEntries(step.fields.map(({ name, value }) => [name, value])));
};

/** What the page's form would send. */
const chosen = async (topUp: Shown, choice: string): Promise<PassThroughResponse> => {
  const page = String((await opened(topUp)).body);
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? "";
  return visit("POST", PAGE, { provider: value("provider"), id: value("id"), choice });
};

const stateOf = async (id: string): Promise<string> => {
  const { data } = await billing.execute("query ($id: ID!) { topUp(id: $id) { state } }", { id }, as());
  return (data as { topUp: { state: string } }).topUp.state; // as the document asks for it
};

const WAYS = [
  ["PAYSTACK", "ZAR"],
  ["PAYGATE", "ZAR"],
  ["STRIPE", "ZAR"],
  ["MIDTRANS", "IDR"],
] as const;

test.each(WAYS)(
  "%s can be tried without an account: paid or declined at its page, told by its webhook",
  async (name, currency) => {
    const before = (await wallet(currency)).posted;
    const paid = await begin(name, currency);
    const page = await opened(paid);
    expect(page.status).toBe(200);
    expect(String(page.body)).toContain(paid.reference);
    expect(await stateOf(paid.id)).toBe("PENDING");
    const back = await chosen(paid, "pay");
    expect(back).toMatchObject({ status: 303, headers: { location: `/payments/return?topUp=${paid.id}` } });
    expect(await stateOf(paid.id)).toBe("SUCCEEDED");
    expect((await wallet(currency)).posted - before).toBe(10_000_000n);
    expect(String((await opened(paid)).body)).toContain("made already");

    const declined = await begin(name, currency);
    await chosen(declined, "decline");
    expect(await stateOf(declined.id)).toBe("FAILED");
    expect((await wallet(currency)).posted - before).toBe(10_000_000n);
  },
);

test("a refund is told of by a webhook of its own, as Paystack does", async () => {
  const paid = await begin("PAYSTACK");
  await chosen(paid, "pay");
  await change("refundTopUp", { topUpId: paid.id, reason: "Too much" }, as(tree.reseller));
  const doneAt = () =>
    system(billing.subgraph, (tx) => tx.sql`select 1 from refund where top_up_id = ${paid.id} and state = 'DONE'`);
  await until(async () => (await doneAt()).length === 1);
});

test("payments that were begun can be made after a start anew, and are known as made after another", async () => {
  const begun: Shown[] = [];
  for (const [name, currency] of WAYS) begun.push(await begin(name, currency));
  await restart();
  for (const topUp of begun) {
    await chosen(topUp, "pay");
    expect(await stateOf(topUp.id)).toBe("SUCCEEDED");
  }
  await restart();
  for (const topUp of begun) expect(String((await opened(topUp)).body)).toContain("made already");
  expect((await begin("PAYSTACK")).reference).not.toBe(begun[0]?.reference);
});

test("what is no payment there has a page that says so, and no choice", async () => {
  expect((await visit("GET", `${PAGE}?provider=STRIPE&id=cs_test_none`)).status).toBe(404);
  expect((await visit("POST", PAGE, { provider: "NOBODY", id: "1", choice: "pay" })).status).toBe(404);
  const posted = await begin("PAYGATE");
  const id = posted.step?.fields?.[0]?.value ?? "";
  const forged = { PAY_REQUEST_ID: id, CHECKSUM: "0".repeat(32) };
  expect((await visit("POST", "/demo/payments/paygate", forged)).status).toBe(404);
});

test("outside of the demo there is none of it", async () => {
  const other = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => AT }), tree.source);
  expect(other.subgraph.routes.filter(({ path }) => path.startsWith("/demo"))).toEqual([]);
  const walletId = await system(other.subgraph, (tx) => walletFor(tx, tree.customer, "ZAR"));
  const document = "query ($walletId: ID!) { topUpOptions(walletId: $walletId) { provider } }";
  const { data } = await other.execute(document, { walletId }, as());
  expect(data).toEqual({ topUpOptions: [{ provider: "MANUAL" }] });
  await other.stop();
});
