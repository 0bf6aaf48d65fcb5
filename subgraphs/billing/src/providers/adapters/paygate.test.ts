import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepsTheContract } from "../contract.js";
import { type PaymentKey, type PaymentProvider, ProviderAway, ProviderRefusal, WebhookRefusal } from "../provider.js";
import { simulatePayGate } from "../testing/paygate-server.js";
import { paygateAdapter } from "./paygate.js";

keepsTheContract("PayGate", simulatePayGate);

describe("PayGate PayWeb3", () => {
  let simulation: Awaited<ReturnType<typeof simulatePayGate>>;
  let provider: PaymentProvider;
  let last = 0;

  beforeAll(async () => {
    simulation = await simulatePayGate();
    provider = paygateAdapter.connect(simulation.credentials, simulation.server.address);
  });
  afterAll(() => simulation.server.stop());

  const initialise = (reference: string) =>
    provider.initialise({
      reference,
      amount: { minorUnits: 12_345n, currency: "ZAR" },
      description: "Top-up",
      returnUrl: "https://tollgate.example/wallet?paid=1&top-up=7",
      webhookUrl: "https://tollgate.example/payments/paygate",
      payerEmail: "payments@tollgate.example",
    });
  const begin = async (): Promise<PaymentKey> => {
    last += 1;
    const reference = `TG-${last}`;
    const { sessionReference } = await initialise(reference);
    return { reference, sessionReference, currency: "ZAR" };
  };

  it("asks in integer cents, in UTC, and tells where it wants to be told", async () => {
    const { reference } = await begin();
    const { path, headers, body } = simulation.server.last();
    expect(path).toBe("/payweb3/initiate.trans");
    expect(headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
    const fields = Object.fromEntries(new URLSearchParams(body));
    expect(fields).toMatchObject({
      PAYGATE_ID: "10011072130",
      REFERENCE: reference,
      AMOUNT: "12345",
      CURRENCY: "ZAR",
      RETURN_URL: "https://tollgate.example/wallet?paid=1&top-up=7",
      NOTIFY_URL: "https://tollgate.example/payments/paygate",
      EMAIL: "payments@tollgate.example",
    });
    expect(Math.abs(Date.parse(`${fields.TRANSACTION_DATE}Z`) - Date.now())).toBeLessThan(60_000);
  });

  it("has the person post the request's id and a checksum, in this order, within half an hour", async () => {
    const { step, sessionReference, livesSeconds } = await initialise("TG-form");
    expect(step).toEqual({
      kind: "FORM_POST",
      url: `${simulation.server.address}/payweb3/process.trans`,
      fields: [
        { name: "PAY_REQUEST_ID", value: sessionReference },
        { name: "CHECKSUM", value: expect.stringMatching(/^[0-9a-f]{32}$/) },
      ],
    });
    expect(livesSeconds).toBe(1_800);
  });

  it.each([
    ["approved", { status: "1", code: "990017" }, "PAID"],
    ["approved with another result", { status: "1", code: "900007" }, "PENDING"],
    ["not done", { status: "0", code: "900005" }, "PENDING"],
    ["received", { status: "5", code: "990024" }, "PENDING"],
    ["declined", { status: "2", code: "900003" }, "FAILED"],
    ["declined with the result of success", { status: "2", code: "990017" }, "FAILED"],
    ["cancelled", { status: "3", code: "990028" }, "FAILED"],
    ["cancelled by the person", { status: "4", code: "990028" }, "FAILED"],
    ["of a settlement that was voided", { status: "7", code: "990017" }, "FAILED"],
    ["of a status that nobody knows", { status: "11", code: "990017" }, "PENDING"],
  ])("takes a payment that is %s for what it is", async (_, end, state) => {
    const key = await begin();
    simulation.provider.end(key.reference, end);
    const report = await provider.query(key);
    expect(report.state).toBe(state);
    expect(report.amount).toEqual(state === "PAID" ? { minorUnits: 12_345n, currency: "ZAR" } : null);
  });

  it("reads a bell out of a notification, never a payment: its checksum says too little", async () => {
    const { reference, sessionReference } = await begin();
    const { rawBody } = simulation.pay(reference);
    const effect = { kind: "ASK", reference, sessionReference };
    expect(provider.readWebhook(rawBody)).toMatchObject({ kind: "status 1 990017", effect });
  });

  it("knows the currency of what was paid, and none that the books do not keep", async () => {
    const key = await begin();
    simulation.provider.end(key.reference, { status: "1", code: "990017", currency: "USD" });
    expect(await provider.query(key)).toMatchObject({ state: "PAID", amount: { currency: "USD" } });
    simulation.provider.end(key.reference, { currency: "BWP" });
    expect(await provider.query(key)).toMatchObject({ state: "PAID", amount: null });
  });

  it.each(["-3299", "32.99", "3299 ", "9".repeat(40), ""])("knows no amount in %j", async (amount) => {
    const key = await begin();
    simulation.provider.end(key.reference, { status: "1", code: "990017", amount });
    expect(await provider.query(key)).toMatchObject({ state: "PAID", amount: null });
  });

  it("refuses notifications about another merchant's payment", async () => {
    const { reference } = await begin();
    const webhook = simulation.pay(reference);
    const other = { ...simulation.credentials, "payments.payGateId": "99999999999" };
    const elsewhere = paygateAdapter.connect(other, simulation.server.address);
    expect(() => elsewhere.verifyWebhook(webhook, new Date())).toThrow(WebhookRefusal);
  });

  it("does not take an answer about one payment for that of another", async () => {
    const [one, two] = [await begin(), await begin()];
    simulation.pay(two.reference);
    const body = Buffer.from(simulation.provider.notification(two.reference).rawBody).toString();
    simulation.server.answerWith({ status: 200, contentType: "text/html", body });
    await expect(provider.query(one)).rejects.toThrow(ProviderAway);
    // The same reference does not suffice: the request that was made under it counts.
    await expect(provider.query({ ...two, sessionReference: one.sessionReference })).rejects.toThrow(ProviderAway);
    await expect(provider.query({ ...two, reference: one.reference })).rejects.toThrow(ProviderAway);
    expect(await provider.query(two)).toMatchObject({ state: "PAID" });
    simulation.server.answerWith(null);
  });

  it("does not believe an answer whose checksum is wrong", async () => {
    const key = await begin();
    simulation.pay(key.reference);
    const body = Buffer.from(simulation.provider.notification(key.reference, "another").rawBody).toString();
    simulation.server.answerWith({ status: 200, contentType: "text/html", body });
    await expect(provider.query(key)).rejects.toThrow(ProviderAway);
    simulation.server.answerWith(null);
  });

  it("knows nothing of a request whose id nobody has got", async () => {
    const key = await begin();
    expect(await provider.query({ ...key, sessionReference: null })).toMatchObject({ state: "UNKNOWN", amount: null });
  });

  it("repeats what PayGate complains about", async () => {
    const nameless = initialise("");
    await expect(nameless).rejects.toThrow(ProviderRefusal);
    await expect(nameless).rejects.toThrow(/DATA_CREF/);
  });

  it("takes rand, answers exactly OK, and leaves refunds to PayGate's portal", () => {
    expect(Object.keys(paygateAdapter.currencies)).toEqual(["ZAR"]);
    expect(paygateAdapter.acknowledgement).toEqual({ contentType: "text/plain", body: "OK" });
    expect(provider.refund).toBeNull();
  });
});
