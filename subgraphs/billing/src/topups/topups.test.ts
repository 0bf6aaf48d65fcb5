import { randomUUID } from "node:crypto";
import { requestCaller, TestSubgraph, testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { billingSubgraph } from "../index.js";
import { walletFor } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import { system } from "../testing/arrange.js";
import { walletById } from "../wallet/wallets.js";
import { MOST_PROOF_BYTES, removeAbandoned } from "./proofs.js";
import { expireTopUps } from "./topups.js";

const NOW = new Date("2026-05-04T09:00:00Z");
const tree = testTree();
let billing: TestSubgraph;
let time = NOW;

beforeAll(async () => {
  billing = await TestSubgraph.start(inject("postgresUrl"), billingSubgraph({ clock: () => time }), tree.source);
});

afterAll(() => billing.stop());

const PERMISSIONS = ["wallet:read", "wallet:topUp", "topUp:approve", "topUp:refund"];
const caller = (org: string, rest = {}) => requestCaller({ org, permissions: PERMISSIONS }, rest);

interface Shown {
  __typename: string;
  id: string;
  state: string;
  reason?: string;
  fields?: { reason: string }[];
}

const FIELDS = `__typename ... on TopUp { id state reference bankReference decisionReason step { ... on TransferStep { reference } }
  proof { url } entry { id kind } wallet { available { minorUnits } } }
  ... on ForbiddenProblem { reason } ... on InvalidInputProblem { fields { reason } }`;

const change = async (name: string, input: Record<string, unknown>, as = caller(tree.customer)): Promise<Shown> => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) { ${FIELDS} } }`;
  const { data, errors } = await billing.execute(document, { input }, as);
  if (errors) throw new Error(JSON.stringify(errors));
  return (data as { result: Shown }).result; // as the document asks for it
};

const walletOf = (organisationId: string) =>
  system(billing.subgraph, async (tx) => walletById(tx, await walletFor(tx, organisationId, "ZAR")));

const start = async (rest: Record<string, unknown> = {}, organisationId = tree.customer) => {
  const { id: walletId } = await walletOf(organisationId);
  const amount = { minorUnits: "50000", currency: "ZAR" };
  const input = { walletId, amount, provider: "MANUAL", idempotencyKey: randomUUID(), ...rest };
  return change("startTopUp", input, caller(organisationId));
};

const put = async (url: string, rawBody: Uint8Array, method: "PUT" | "GET" = "PUT") => {
  const route = billing.subgraph.routes.find((candidate) => candidate.method === method);
  const { pathname, searchParams } = new URL(url);
  if (!route || route.path !== pathname) throw new Error("no such route");
  const request = { method, path: pathname, query: searchParams, headers: {}, rawBody, address: "127.0.0.1" };
  return route.handle(request);
};

const PDF = new TextEncoder().encode("%PDF-1.7 a transfer");

const target = async (topUpId: string): Promise<{ id: string; url: string }> => {
  const document = `mutation ($input: CreateProofUploadInput!) { result: createProofUpload(input: $input) {
    ... on UploadTarget { id url maxBytes } } }`;
  const input = { topUpId, contentType: "application/pdf" };
  const { data } = await billing.execute(document, { input }, caller(tree.customer));
  return (data as { result: { id: string; url: string } }).result; // as the document asks for it
};

const submitted = async (bankReference: string = randomUUID()): Promise<Shown> => {
  const { id: topUpId } = await start();
  const { id: uploadId, url } = await target(topUpId);
  expect((await put(url, PDF)).status).toBe(204);
  return change("submitTopUpProof", { topUpId, bankReference, uploadId, idempotencyKey: randomUUID() });
};

const decide = (topUpId: string, as = caller(tree.reseller), idempotencyKey: string = randomUUID()) =>
  change("approveTopUp", { topUpId, idempotencyKey }, as);

test("a transfer: started, proven, approved by somebody above, credited", async () => {
  const before = (await walletOf(tree.customer)).available;
  const { id, state } = await submitted("fnb 2026-001");
  expect(state).toBe("AWAITING_APPROVAL");
  const approved = await decide(id);
  expect(approved).toMatchObject({
    state: "SUCCEEDED",
    step: null,
    bankReference: "FNB 2026-001",
    entry: { kind: "TOP_UP" },
    wallet: { available: { minorUnits: (before + 50_000n).toString() } },
  });
  const { proof } = approved as Shown & { proof: { url: string } };
  const shown = await put(proof.url, new Uint8Array(), "GET");
  // A proof comes as bytes.
  expect([shown.status, Buffer.from(shown.body as Uint8Array)]).toEqual([200, Buffer.from(PDF)]);
});

test("nobody of the payer's own organisation decides, and nobody beside it sees it", async () => {
  const { id } = await submitted();
  expect(await decide(id, caller(tree.customer))).toMatchObject({ reason: "SELF_APPROVAL" });
  const records = await system(
    billing.subgraph,
    (tx) => tx.sql`select 1 from outbox where type = 'audit.recorded' and payload->>'action' = 'security:selfApproval'`,
  );
  expect(records).toHaveLength(1);
  const narrowed = caller(tree.reseller, { narrowedOrganisationId: tree.customer });
  for (const stranger of [tree.sibling, tree.otherReseller, tree.otherCustomer]) {
    expect(await decide(id, caller(stranger))).toMatchObject({ __typename: "NotFoundProblem" });
    const { errors } = await billing.execute("query ($id: ID!) { topUp(id: $id) { id } }", { id }, caller(stranger));
    expect(errors?.[0]?.extensions?.["code"]).toBe("NOT_FOUND");
    const listed = await billing.execute("{ topUps(first: 100) { nodes { id } } }", {}, caller(stranger));
    expect(JSON.stringify(listed.data)).not.toContain(id);
  }
  expect(await decide(id, narrowed)).toMatchObject({ state: "SUCCEEDED" });
});

test("100 approvals at once credit once", async () => {
  const before = (await walletOf(tree.customer)).available;
  const { id } = await submitted();
  const same = randomUUID();
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, nth) => decide(id, caller(tree.reseller), nth % 2 ? same : randomUUID())),
  );
  const kinds = new Set(results.map((result) => result.__typename));
  expect(kinds.has("TopUp")).toBe(true);
  expect([...kinds].every((kind) => kind === "TopUp" || kind === "ConflictProblem")).toBe(true);
  expect((await walletOf(tree.customer)).available).toBe(before + 50_000n);
  expect((await system(billing.subgraph, verifyLedger)).findings).toEqual([]);
});

test("the same key starts one top-up; with another input it is a conflict", async () => {
  const idempotencyKey = randomUUID();
  const [one, two] = await Promise.all([start({ idempotencyKey }), start({ idempotencyKey })]);
  expect(one?.id).toBe(two?.id);
  const other = await start({ idempotencyKey, amount: { minorUnits: "60000", currency: "ZAR" } });
  expect(other.__typename).toBe("ConflictProblem");
});

test("amounts outside the limits, other currencies, coupons and other providers are refused", async () => {
  const amount = (minorUnits: string, currency = "ZAR") => ({ amount: { minorUnits, currency } });
  expect((await start(amount("4999"))).__typename).toBe("AmountLimitProblem");
  expect((await start(amount("50000001"))).__typename).toBe("AmountLimitProblem");
  expect((await start(amount("-5000"))).__typename).toBe("AmountLimitProblem");
  expect((await start(amount("5000", "USD"))).__typename).toBe("InvalidInputProblem");
  expect((await start({ couponCode: "HALF" })).__typename).toBe("CouponProblem");
  expect((await start({ provider: "STRIPE" })).__typename).toBe("ProviderProblem");
  const foreign = await walletOf(tree.otherCustomer);
  expect((await start({ walletId: foreign.id })).__typename).toBe("NotFoundProblem");
});

test("a bank reference pays once, until its claim is rejected", async () => {
  const first = await submitted("ABSA 77");
  expect((await submitted("absa  77")).__typename).toBe("ConflictProblem");
  const input = { topUpId: first.id, reason: "No such transfer", idempotencyKey: randomUUID() };
  expect(await change("rejectTopUp", input, caller(tree.reseller))).toMatchObject({ state: "REJECTED" });
  expect((await submitted("ABSA 77")).state).toBe("AWAITING_APPROVAL");
  expect((await decide(first.id)).__typename).toBe("ConflictProblem");
});

test("a transfer that was paid back cannot be claimed again", async () => {
  const { id: topUpId } = await submitted("ABSA 78");
  await decide(topUpId);
  const input = { topUpId, reason: "Paid by mistake", idempotencyKey: randomUUID() };
  const refunded = await change("refundTopUp", input, caller(tree.reseller));
  expect(refunded).toMatchObject({ state: "REFUNDED" });
  expect((await submitted("ABSA 78")).__typename).toBe("ConflictProblem");
});

test("a place takes one file, of the kind and size that it was made for, with its own signature", async () => {
  const { id } = await start();
  const { url, id: uploadId } = await target(id);
  expect((await put(url, new TextEncoder().encode("<html>"))).status).toBe(415);
  expect((await put(url, new Uint8Array(MOST_PROOF_BYTES + 1))).status).toBe(413);
  expect((await put(url.replace("signature=", "signature=x"), PDF)).status).toBe(403);
  expect((await put(url, PDF, "GET")).status).toBe(403);
  const input = { topUpId: id, bankReference: "ABCD 1", uploadId, idempotencyKey: randomUUID() };
  expect(await change("submitTopUpProof", input)).toMatchObject({ fields: [{ reason: "NOT_UPLOADED" }] });
  expect((await put(url, PDF)).status).toBe(204);
  expect((await put(url, PDF)).status).toBe(409);
  const other = await start();
  expect(await change("submitTopUpProof", { ...input, topUpId: other.id, idempotencyKey: randomUUID() })).toMatchObject(
    { fields: [{ reason: "NOT_UPLOADED" }] },
  );
});

test("one top-up has ten places for files, however many are asked for at once, and reasons have an end", async () => {
  const { id } = await start();
  const places = await Promise.all(Array.from({ length: 14 }, () => target(id)));
  expect(places.filter(({ url }) => url !== undefined)).toHaveLength(10);
  const { id: topUpId } = await submitted();
  for (const reason of ["", "x".repeat(501)]) {
    const input = { topUpId, reason, idempotencyKey: randomUUID() };
    expect(await change("rejectTopUp", input, caller(tree.reseller))).toMatchObject({ fields: [{ reason: "LENGTH" }] });
  }
});

test("what nobody pays expires after a day; a late proof is taken all the same; what was cancelled stays so", async () => {
  const late = await start();
  const cancelled = await start();
  const key = { topUpId: cancelled.id, idempotencyKey: randomUUID() };
  expect(await change("cancelTopUp", key)).toMatchObject({ state: "CANCELLED" });
  time = new Date(NOW.getTime() + 86_400_001);
  await system(billing.subgraph, (tx) => expireTopUps(tx, time));
  const { data } = await billing.execute(
    "query ($a: ID!, $b: ID!) { a: topUp(id: $a) { state } b: topUp(id: $b) { state } }",
    { a: late.id, b: cancelled.id },
    caller(tree.customer),
  );
  expect(data).toEqual({ a: { state: "EXPIRED" }, b: { state: "CANCELLED" } });
  const { id: uploadId, url } = await target(late.id);
  expect((await put(url, PDF)).status).toBe(204);
  const proven = { topUpId: late.id, bankReference: "LATE 1", uploadId, idempotencyKey: randomUUID() };
  expect(await change("submitTopUpProof", proven)).toMatchObject({ state: "AWAITING_APPROVAL" });
  expect(await decide(late.id)).toMatchObject({ state: "SUCCEEDED" });
});

test("proofs that nobody handed in are removed: places when their link has ended, files a day later", async () => {
  const [empty, forgotten, proven] = await Promise.all([start(), start(), start()]);
  const place = await target(empty.id);
  const file = await target(forgotten.id);
  const kept = await target(proven.id);
  for (const { url } of [file, kept]) expect((await put(url, PDF)).status).toBe(204);
  const key = { bankReference: "KEPT 1", uploadId: kept.id, idempotencyKey: randomUUID() };
  expect(await change("submitTopUpProof", { topUpId: proven.id, ...key })).toMatchObject({
    state: "AWAITING_APPROVAL",
  });
  const left = async (minutes: number) => {
    await system(billing.subgraph, (tx) => removeAbandoned(tx, new Date(time.getTime() + minutes * 60_000)));
    const ids = [place, file, kept].map(({ id }) => id);
    const rows = await system(
      billing.subgraph,
      (tx) => tx.sql<{ id: string }[]>`select id from proof where id = any(${ids}::uuid[])`,
    );
    return ids.map((id) => rows.some((row) => row.id === id));
  };
  expect(await left(14)).toEqual([true, true, true]);
  expect(await left(16)).toEqual([false, true, true]);
  expect(await left(24 * 60 + 16)).toEqual([false, false, true]);
});
