import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Buyer } from "./testing/buying.js";
import { TestTollgate } from "./testing/tollgate.js";

let tollgate: TestTollgate;
let poor: Buyer;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
  poor = new Buyer(await tollgate.signIn("freight"));
});
afterAll(() => tollgate.stop());

const START = `mutation ($input: StartTopUpInput!) { startTopUp(input: $input) {
  ... on TopUp { id reference } ... on Problem { code message } } }`;
const UPLOAD = `mutation ($input: CreateProofUploadInput!) { createProofUpload(input: $input) {
  ... on UploadTarget { id url } ... on Problem { code message } } }`;
const SUBMIT = `mutation ($input: SubmitTopUpProofInput!) { submitTopUpProof(input: $input) {
  ... on TopUp { state } ... on Problem { code message } } }`;
const APPROVE = `mutation ($input: ApproveTopUpInput!) { approveTopUp(input: $input) {
  ... on TopUp { state } ... on Problem { code message } } }`;

describe("no machine without money", () => {
  it("refuses an order that the wallet cannot carry, says how much is missing, and moves nothing", async () => {
    const before = await poor.funds();
    const answer = await poor.order("too-dear");
    expect(answer).toMatchObject({ __typename: "InsufficientFundsProblem", code: "INSUFFICIENT_FUNDS" });
    const [available, needed, shortfall] = [answer.available, answer.needed, answer.shortfall].map(({ minorUnits }) =>
      Number(minorUnits),
    );
    expect(Number(needed) - Number(available)).toBe(shortfall);
    expect(available).toBe(before.available);
    expect(await poor.funds()).toEqual(before);
    const { data } = await poor.person.ask('{ vms(filter: { search: "too-dear" }) { totalCount } }');
    expect(data.vms.totalCount).toBe(0);
  });

  it("lets the same order through once exactly what was missing has been paid and approved", async () => {
    const { shortfall } = await poor.order("too-dear");
    const { person } = poor;
    const { data } = await person.ask("{ organisation { wallet { id } } }");
    const amount = { minorUnits: shortfall.minorUnits, currency: "ZAR" };
    const wanted = { walletId: data.organisation.wallet.id, amount, provider: "MANUAL", idempotencyKey: randomUUID() };
    const { id: topUpId } = (await person.ask(START, { input: wanted })).data.startTopUp;
    const contentType = "application/pdf";
    const target = (await person.ask(UPLOAD, { input: { topUpId, contentType } })).data.createProofUpload;
    const { pathname, search } = new URL(target.url);
    const headers = { "content-type": contentType };
    const put = await fetch(`${tollgate.url}${pathname}${search}`, { method: "PUT", headers, body: "%PDF-1.7\n" });
    expect(put.status).toBe(204);
    const proven = { topUpId, bankReference: "EFT 4711", uploadId: target.id, idempotencyKey: randomUUID() };
    expect((await person.ask(SUBMIT, { input: proven })).data.submitTopUpProof.state).toBe("AWAITING_APPROVAL");
    const decision = { input: { topUpId, idempotencyKey: randomUUID() } };
    expect((await person.ask(APPROVE, decision)).errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    const reseller = await tollgate.signIn("reseller");
    expect((await reseller.ask(APPROVE, decision)).data.approveTopUp.state).toBe("SUCCEEDED");
    const placed = await poor.order("affordable");
    expect(placed).toMatchObject({ __typename: "Order" });
    await poor.orderIn("COMPLETED", placed.id);
    expect(await poor.order("one-too-many")).toMatchObject({ code: "INSUFFICIENT_FUNDS" });
  }, 180_000);
});
