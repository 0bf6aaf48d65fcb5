import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PaymentProvider, WebhookRefusal } from "../provider.js";
import { simulateMidtrans } from "../testing/midtrans-server.js";
import { midtransAdapter } from "./midtrans.js";
import { isSigned } from "./midtrans-transaction.js";

/** The values that Midtrans' documentation explains the signature with. */
const DOCUMENTED = new Map([
  ["order_id", "1111"],
  ["status_code", "200"],
  ["gross_amount", "100000.00"],
  [
    "signature_key",
    "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b997ac178a236fcff35af263fc4d4c231",
  ],
]);
const DOCUMENTED_KEY = "askvnoibnosifnboseofinbofinfgbiufglnbfg";

describe("the signature of Midtrans' notifications", () => {
  it("fits the documented values", () => {
    expect(isSigned(DOCUMENTED, DOCUMENTED_KEY)).toBe(true);
  });

  it.each([
    ["gross_amount", "100000"],
    ["gross_amount", "100000.0"],
    ["gross_amount", "1000000.00"],
    ["order_id", "1112"],
    ["status_code", "201"],
    ["signature_key", ""],
  ])("does not fit another %s: %j", (name, value) => {
    expect(isSigned(new Map([...DOCUMENTED, [name, value]]), DOCUMENTED_KEY)).toBe(false);
  });

  it("does not fit an amount that is a number: the text as it was sent is signed", () => {
    expect(isSigned(new Map<string, unknown>([...DOCUMENTED, ["gross_amount", 100_000]]), DOCUMENTED_KEY)).toBe(false);
  });

  it("does not fit under another key", () => {
    expect(isSigned(DOCUMENTED, "another")).toBe(false);
  });
});

describe("notifications of Midtrans", () => {
  let simulation: Awaited<ReturnType<typeof simulateMidtrans>>;
  let provider: PaymentProvider;
  let last = 0;

  beforeAll(async () => {
    simulation = await simulateMidtrans();
    provider = midtransAdapter.connect(simulation.credentials, simulation.server.address);
  });
  afterAll(() => simulation.server.stop());

  const begin = async (): Promise<string> => {
    last += 1;
    const reference = `TG-${last}`;
    await provider.initialise({
      reference,
      amount: { minorUnits: 5_000_000n, currency: "IDR" },
      description: "Top-up",
      returnUrl: "https://tollgate.example/wallet",
      webhookUrl: "https://tollgate.example/payments/midtrans",
      payerEmail: "payments@tollgate.example",
    });
    return reference;
  };

  it("are bells: a status that was written over a signed one is not believed but asked for", async () => {
    const reference = await begin();
    simulation.provider.become(reference, { transaction_status: "pending", status_code: "201" });
    const lie = simulation.provider.notification(reference, { transaction_status: "settlement" });
    expect(() => provider.verifyWebhook(lie, new Date())).not.toThrow();
    expect(provider.readWebhook(lie.rawBody)).toMatchObject({ kind: "settlement", effect: { kind: "ASK", reference } });
    const report = await provider.query({ reference, sessionReference: null, currency: "IDR" });
    expect(report).toMatchObject({ state: "PENDING", amount: null });
  });

  it("are refused with another amount than the one that is signed", async () => {
    const reference = await begin();
    const { rawBody, headers } = simulation.pay(reference);
    const raised = Buffer.from(rawBody).toString().replace('"50000.00"', '"5000000.00"');
    const webhook = { rawBody: Buffer.from(raised), headers };
    expect(() => provider.verifyWebhook(webhook, new Date())).toThrow(WebhookRefusal);
  });

  it("may have fields that nobody knows yet", async () => {
    const reference = await begin();
    simulation.pay(reference);
    const webhook = simulation.provider.notification(reference, { brand_new: { deep: [1, 2] } });
    expect(() => provider.verifyWebhook(webhook, new Date())).not.toThrow();
    expect(provider.readWebhook(webhook.rawBody).effect).toEqual({ kind: "ASK", reference });
  });

  it("have a kind of bounded length, whatever stands there", async () => {
    const reference = await begin();
    simulation.pay(reference);
    const webhook = simulation.provider.notification(reference, { transaction_status: "x".repeat(5_000) });
    expect(provider.readWebhook(webhook.rawBody).kind.length).toBeLessThanOrEqual(100);
  });
});
