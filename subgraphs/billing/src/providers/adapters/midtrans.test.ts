import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepsTheContract } from "../contract.js";
import { type PaymentKey, type PaymentProvider, type PaymentRequest, ProviderAway } from "../provider.js";
import { simulateMidtrans } from "../testing/midtrans-server.js";
import { midtransAdapter } from "./midtrans.js";

keepsTheContract("Midtrans", simulateMidtrans);

describe("Midtrans Snap", () => {
  let simulation: Awaited<ReturnType<typeof simulateMidtrans>>;
  let provider: PaymentProvider;

  beforeAll(async () => {
    simulation = await simulateMidtrans();
    provider = midtransAdapter.connect(simulation.credentials, simulation.server.address);
  });
  afterAll(() => simulation.server.stop());

  const requestOf = (rest: Partial<PaymentRequest> = {}): PaymentRequest => ({
    reference: `TG-${randomUUID()}`,
    amount: { minorUnits: 15_000_000n, currency: "IDR" },
    description: "Top-up of the wallet of an organisation whose name is rather long",
    returnUrl: "https://tollgate.example/wallet/top-ups/7",
    webhookUrl: "https://tollgate.example/payments/midtrans",
    payerEmail: "payments@tollgate.example",
    ...rest,
  });
  const begin = async (): Promise<PaymentKey> => {
    const request = requestOf();
    await provider.initialise(request);
    return { reference: request.reference, sessionReference: null, currency: "IDR" };
  };

  it("asks in whole rupiah, tells where it wants to be told, and has a name that fits the page", async () => {
    const { reference } = await begin();
    const { headers, body } = simulation.server.last();
    expect(headers["x-override-notification"]).toBe("https://tollgate.example/payments/midtrans");
    const asked = JSON.parse(body);
    expect(asked).toMatchObject({
      transaction_details: { order_id: reference, gross_amount: 150_000 },
      item_details: [{ price: 150_000, quantity: 1 }],
      callbacks: { finish: "https://tollgate.example/wallet/top-ups/7" },
    });
    expect(asked.item_details[0].name.length).toBeLessThanOrEqual(50);
    expect(asked.enabled_payments).not.toContain("dana");
  });

  it("has the person open Snap with a token, or go to its address, within a day", async () => {
    const { step, livesSeconds } = await provider.initialise(requestOf());
    const clientKey = simulation.credentials["payments.midtransClientKey"];
    expect(step).toEqual({
      kind: "SNAP",
      token: expect.any(String),
      clientKey,
      url: expect.stringMatching(/^https:\/\/app\.sandbox\.midtrans\.com\/snap\//),
    });
    expect(livesSeconds).toBe(86_400);
  });

  it("refuses to ask for parts of a rupiah", async () => {
    const request = requestOf({ amount: { minorUnits: 15_000_050n, currency: "IDR" } });
    await expect(provider.initialise(request)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("repeats what Midtrans complains about", async () => {
    const { reference } = await begin();
    simulation.pay(reference);
    await expect(provider.initialise(requestOf({ reference }))).rejects.toThrow(/already been taken/);
  });

  it.each([
    ["settlement", "accept", "PAID"],
    ["settlement", undefined, "PAID"],
    ["SETTLEMENT", "ACCEPT", "PAID"],
    ["settlement", "deny", "PENDING"],
    ["capture", "accept", "PAID"],
    ["capture", "challenge", "PENDING"],
    ["capture", "deny", "PENDING"],
    ["capture", undefined, "PENDING"],
    ["pending", "accept", "PENDING"],
    ["authorize", "accept", "PENDING"],
    ["deny", "deny", "PENDING"],
    ["expire", "accept", "FAILED"],
    ["cancel", "accept", "FAILED"],
    ["failure", "accept", "FAILED"],
    ["refund", "accept", "PAID"],
    ["chargeback", "accept", "PAID"],
    ["something new", "accept", "PENDING"],
  ])("takes %s with the fraud status %s for %s", async (transaction_status, fraud_status, state) => {
    const key = await begin();
    simulation.provider.become(key.reference, { transaction_status, fraud_status });
    const report = await provider.query(key);
    expect(report.state).toBe(state);
    expect(report.amount).toEqual(state === "PAID" ? { minorUnits: 15_000_000n, currency: "IDR" } : null);
  });

  it("says in words for the person why nothing was paid, not how Midtrans' server fared", async () => {
    const key = await begin();
    simulation.provider.decline(key.reference);
    expect(await provider.query(key)).toMatchObject({ state: "FAILED", reason: "The payment was not made in time." });
  });

  it("knows the currency of what was paid, and none that the books do not keep", async () => {
    const key = await begin();
    simulation.provider.become(key.reference, { transaction_status: "settlement", currency: "USD" });
    expect(await provider.query(key)).toMatchObject({ state: "PAID", amount: { currency: "USD" } });
    simulation.provider.become(key.reference, { currency: "SGD" });
    expect(await provider.query(key)).toMatchObject({ state: "PAID", amount: null });
  });

  it.each(["150000.5", "-150000.00", "1e5", "150,000.00", "", "9".repeat(30)])(
    "knows no amount in %j",
    async (text) => {
      const key = await begin();
      simulation.provider.become(key.reference, { transaction_status: "settlement", gross_amount: text });
      expect(await provider.query(key)).toMatchObject({ state: "PAID", amount: null });
    },
  );

  it("does not take an answer about one payment for that of another", async () => {
    const [one, two] = [await begin(), await begin()];
    const body = Buffer.from(simulation.pay(two.reference).rawBody).toString();
    simulation.server.answerWith({ status: 200, contentType: "application/json", body });
    await expect(provider.query(one)).rejects.toThrow(ProviderAway);
    expect(await provider.query(two)).toMatchObject({ state: "PAID" });
    simulation.server.answerWith(null);
  });

  it("asks the sandbox with keys of the sandbox, else the real thing", async () => {
    const ofKey = (key: string) => midtransAdapter.connect({ "payments.midtransServerKey": key }, null);
    expect(ofKey("SB-Mid-server-x")).toHaveProperty("addresses.api", "https://api.sandbox.midtrans.com");
    expect(ofKey("Mid-server-x")).toHaveProperty("addresses.api", "https://api.midtrans.com");
  });
});
