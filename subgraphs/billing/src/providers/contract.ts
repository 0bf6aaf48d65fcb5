import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type PaymentKey,
  type PaymentProvider,
  type PaymentRequest,
  ProviderAway,
  ProviderRefusal,
  WebhookRefusal,
} from "./provider.js";
import type { Simulation } from "./testing/simulation.js";

/**
 * What every adapter keeps, whatever its provider's wire format: tried against a simulation of the provider. Tests of an
 * adapter's own peculiarities stand beside it.
 */
export const keepsTheContract = (name: string, start: () => Promise<Simulation>): void => {
  describe(`${name} keeps the contract of providers`, () => {
    let simulation: Simulation;
    let provider: PaymentProvider;
    /** This computer's clock: what a provider dates its signatures by. */
    const now = () => new Date();

    beforeAll(async () => {
      simulation = await start();
    });
    beforeEach(() => {
      simulation.server.answerWith(null);
      provider = simulation.adapter.connect(simulation.credentials, simulation.server.address);
    });
    afterAll(() => simulation.server.stop());

    const requestOf = (rest: Partial<PaymentRequest> = {}): PaymentRequest => ({
      reference: `TG-${randomUUID()}`.slice(0, 40),
      amount: simulation.amount,
      description: "Top-up TG-000001",
      returnUrl: "https://tollgate.example/wallet/top-ups/1",
      webhookUrl: "https://tollgate.example/payments/webhooks/provider",
      payerEmail: "payments@tollgate.example",
      ...rest,
    });

    /** A payment that the provider waits for. */
    const begin = async (rest: Partial<PaymentRequest> = {}): Promise<PaymentKey> => {
      const request = requestOf(rest);
      const { sessionReference } = await provider.initialise(request);
      return { reference: request.reference, sessionReference, currency: request.amount.currency };
    };

    it("begins a payment with a step that can be taken for some time", async () => {
      const { step, livesSeconds } = await provider.initialise(requestOf());
      expect(URL.canParse(step.url)).toBe(true);
      expect(livesSeconds).toBeGreaterThanOrEqual(60);
    });

    it("says that a payment waits until somebody has paid", async () => {
      const key = await begin();
      const report = await provider.query(key);
      expect(report).toMatchObject({ reference: key.reference, state: "PENDING", amount: null });
    });

    it("says exactly what was paid, and under which of its own ids", async () => {
      const key = await begin();
      simulation.pay(key.reference);
      const report = await provider.query(key);
      expect(report).toMatchObject({ reference: key.reference, state: "PAID", amount: simulation.amount });
      expect(report.paymentReference).toBeTruthy();
    });

    it("says what was paid where something else was asked for", async () => {
      const key = await begin();
      const amount = { ...simulation.amount, minorUnits: simulation.amount.minorUnits + 100n };
      simulation.pay(key.reference, amount);
      expect(await provider.query(key)).toMatchObject({ state: "PAID", amount });
    });

    it("says that a payment came to nothing, and why", async () => {
      const key = await begin();
      simulation.fail(key.reference);
      const report = await provider.query(key);
      expect(report).toMatchObject({ state: "FAILED", amount: null });
      expect(report.reason).toBeTruthy();
    });

    it("believes the provider's webhook and finds the payment in it", async () => {
      const key = await begin();
      const webhook = simulation.pay(key.reference);
      expect(() => provider.verifyWebhook(webhook, now())).not.toThrow();
      const { effect } = provider.readWebhook(webhook.rawBody);
      const told = effect.kind === "PAYMENT" ? effect.report : effect;
      expect(told).toMatchObject({ reference: key.reference });
    });

    it("gives each delivery of the same event the same id, and other events others", async () => {
      const [first, second] = [await begin(), await begin()].map(({ reference }) => simulation.pay(reference));
      const ids = [first, first, second].map((webhook) => webhook && provider.readWebhook(webhook.rawBody).eventId);
      expect(new Set(ids).size).toBe(2);
      expect(ids[0]).toBe(ids[1]);
      expect(ids.every((id) => id && id.length <= 200)).toBe(true);
    });

    it("refuses a webhook that somebody without the key has signed", async () => {
      const key = await begin();
      const forged = simulation.forge(simulation.pay(key.reference));
      expect(() => provider.verifyWebhook(forged, now())).toThrow(WebhookRefusal);
    });

    it("refuses a webhook whose reference was changed on the way", async () => {
      const key = await begin();
      const { rawBody, headers } = simulation.pay(key.reference);
      const other = `TG-${randomUUID()}`.slice(0, 40);
      const changed = Buffer.from(rawBody).toString().replaceAll(key.reference, other);
      expect(() => provider.verifyWebhook({ rawBody: Buffer.from(changed), headers }, now())).toThrow(WebhookRefusal);
    });

    it.each(["", "{", "[]", "null", '"text"', "a=1&a=2", "\u0000", "{}"])("refuses %j for a webhook", (text) => {
      const webhook = { rawBody: Buffer.from(text), headers: {} };
      expect(() => provider.verifyWebhook(webhook, now())).toThrow(WebhookRefusal);
    });

    it("refuses whatever else it is sent, and falls over nothing", () => {
      const key = fc.constantFrom("REFERENCE", "order_id", "event", "data", "id", "signature_key", "CHECKSUM", "type");
      const form = fc
        .dictionary(key, fc.string())
        .map((fields) => new URLSearchParams(Object.entries(fields)).toString());
      const json = fc.dictionary(key, fc.jsonValue()).map((value) => JSON.stringify(value));
      fc.assert(
        fc.property(fc.oneof(fc.json(), fc.string(), form, json), (body) => {
          const webhook = { rawBody: Buffer.from(body), headers: {} };
          expect(() => provider.verifyWebhook(webhook, now())).toThrow(WebhookRefusal);
          try {
            expect(provider.readWebhook(webhook.rawBody).eventId.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(WebhookRefusal);
          }
        }),
        { numRuns: 300 },
      );
    });

    it("tells a provider that refuses from one that is away", async () => {
      const refused = simulation.adapter.connect(simulation.wrongCredentials, simulation.server.address);
      await expect(refused.initialise(requestOf())).rejects.toThrow(ProviderRefusal);
      const gone = simulation.adapter.connect(simulation.credentials, "http://127.0.0.1:1");
      await expect(gone.initialise(requestOf())).rejects.toThrow(ProviderAway);
    });

    it.each([
      { status: 500, contentType: "text/plain", body: "oops" },
      { status: 200, contentType: "text/html", body: "<html><body>Maintenance</body></html>" },
      { status: 200, contentType: "application/json", body: "{}" },
      { status: 302, contentType: "text/html", body: "" },
    ])("takes an answer like $status $body for being away", async (reply) => {
      const key = await begin();
      simulation.server.answerWith(reply);
      await expect(provider.initialise(requestOf())).rejects.toThrow(ProviderAway);
      await expect(provider.query(key)).rejects.toThrow(ProviderAway);
    });
  });
};
