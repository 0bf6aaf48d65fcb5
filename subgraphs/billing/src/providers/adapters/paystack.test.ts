import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { keepsTheContract } from "../contract.js";
import { listen } from "../testing/loopback.js";
import { simulatePaystack } from "../testing/paystack-server.js";
import { paystackAdapter } from "./paystack.js";

keepsTheContract("Paystack", simulatePaystack);

const provider = paystackAdapter.connect({ "payments.paystackKey": "sk_test_simulated" }, null);

it("signs the body as it came: a space more is another body", () => {
  const body = '{"event":"charge.success","data":{"id":1}}';
  const headers = { "x-paystack-signature": createHmac("sha512", "sk_test_simulated").update(body).digest("hex") };
  expect(() => provider.verifyWebhook({ rawBody: Buffer.from(body), headers }, new Date())).not.toThrow();
  expect(() => provider.verifyWebhook({ rawBody: Buffer.from(`${body} `), headers }, new Date())).toThrow();
});

const read = (event: string, data: object) => provider.readWebhook(Buffer.from(JSON.stringify({ event, data }))).effect;

it("reads refunds, which Paystack knows by our reference", () => {
  const data = {
    status: "processed",
    transaction_reference: "TG-000007",
    refund_reference: "77",
    amount: "5000",
    currency: "ZAR",
  };
  const named = {
    paymentReference: "TG-000007",
    refundReference: "77",
    amount: { minorUnits: 5_000n, currency: "ZAR" },
  };
  expect(read("refund.processed", data)).toMatchObject({ kind: "REFUND", ...named });
  expect(read("refund.failed", data)).toMatchObject({ kind: "REFUND_FAILED", ...named });
  expect(read("refund.pending", data)).toEqual({ kind: "NOTHING" });
});

it("takes a dispute for a chargeback when it was accepted, and not before", () => {
  const transaction = { id: 5, reference: "TG-000007", currency: "ZAR" };
  const dispute = { id: 9, refund_amount: 5_000, currency: "ZAR", transaction };
  expect(read("charge.dispute.create", { ...dispute, status: "awaiting-merchant-feedback" })).toEqual({
    kind: "NOTHING",
  });
  expect(read("charge.dispute.resolve", { ...dispute, resolution: "declined" })).toEqual({ kind: "NOTHING" });
  expect(read("charge.dispute.resolve", { ...dispute, resolution: "merchant-accepted" })).toEqual({
    kind: "CHARGEBACK",
    paymentReference: "TG-000007",
    amount: { minorUnits: 5_000n, currency: "ZAR" },
  });
});

it("says that a payment which Paystack never heard of is unknown, rather than failed", async () => {
  const simulation = await simulatePaystack();
  const asked = simulation.adapter.connect(simulation.credentials, simulation.server.address);
  const key = { reference: "TG-000999", sessionReference: null, currency: "ZAR" } as const;
  expect(await asked.query(key)).toMatchObject({ state: "UNKNOWN" });
  await simulation.server.stop();
});

it("asks whether a refund was asked for before it asks again: no crash in between pays it out twice", async () => {
  const { provider: paystack, server, adapter, credentials } = await simulatePaystack();
  const asked = adapter.connect(credentials, server.address);
  const amount = { minorUnits: 20_000n, currency: "ZAR" } as const;
  const whole = { reference: "TG-000008", amount: { ...amount, minorUnits: 50_000n } };
  const places = { returnUrl: "https://t.example/", webhookUrl: "https://t.example/hook", payerEmail: "a@t.example" };
  await asked.initialise({ ...whole, ...places, description: "Top-up" });
  paystack.pay("TG-000008");
  const wanted = { refundId: "0199-1", paymentReference: "TG-000008", reference: "TG-000008", amount };
  const first = await asked.refund?.({ ...wanted, isWhole: false, reason: "Too much" });
  expect(await asked.refund?.({ ...wanted, isWhole: false, reason: "Too much" })).toEqual(first);
  expect(paystack.takeNews()).toHaveLength(1);
  expect(await asked.refund?.({ ...wanted, refundId: "0199-2", isWhole: false, reason: "More" })).not.toEqual(first);
  await server.stop();
});

it("waits for the notice of a refund, which has another name: a refund that is done would be taken for one more", async () => {
  const { server: unused, adapter, credentials } = await simulatePaystack();
  await unused.stop();
  const made = { id: 3_018_284, status: "processed" };
  const server = await listen(({ method }) => ({
    status: 200,
    contentType: "application/json",
    body: JSON.stringify({ status: true, message: "Done", data: method === "GET" ? [] : made }),
  }));
  const amount = { minorUnits: 20_000n, currency: "ZAR" } as const;
  const wanted = { refundId: "0199-1", paymentReference: "TG-000008", reference: "TG-000008", amount };
  const begun = await adapter
    .connect(credentials, server.address)
    .refund?.({ ...wanted, isWhole: false, reason: "Too much" });
  expect(begun).toEqual({ refundReference: "3018284", state: "PENDING" });
  await server.stop();
});
