import { expect, it } from "vitest";
import { keepsTheContract } from "../contract.js";
import { StripeServer } from "../simulated/stripe.js";
import { simulateStripe } from "../testing/stripe-server.js";
import { stripeAdapter } from "./stripe.js";

keepsTheContract("Stripe", simulateStripe);

const server = new StripeServer();
const provider = stripeAdapter.connect(
  { "payments.stripeKey": "sk_test_simulated", "payments.stripeWebhookKey": "whsec_simulated" },
  null,
);
const SIGNED_AT = 1_800_000_000;
const signed = () => server.webhook("checkout.session.completed", {}, "whsec_simulated", SIGNED_AT);
const after = (seconds: number) => new Date((SIGNED_AT + seconds) * 1_000);

it("believes a signature for five minutes, and no longer", () => {
  expect(() => provider.verifyWebhook(signed(), after(300))).not.toThrow();
  expect(() => provider.verifyWebhook(signed(), after(301))).toThrow(/too old/);
});

it("refuses a time that was changed to make an old signature young", () => {
  const { rawBody, headers } = signed();
  const changed = headers["stripe-signature"]?.replace(`t=${SIGNED_AT}`, `t=${SIGNED_AT + 400}`);
  expect(() => provider.verifyWebhook({ rawBody, headers: { "stripe-signature": changed } }, after(400))).toThrow();
});

const effectOf = (kind: string, object: object) => provider.readWebhook(server.webhook(kind, object).rawBody).effect;

it("waits for slow ways of paying: a session may be complete and not paid", () => {
  const session = { client_reference_id: "TG-000007", status: "complete", payment_status: "unpaid" };
  expect(effectOf("checkout.session.completed", session)).toMatchObject({ report: { state: "PENDING", amount: null } });
  expect(effectOf("checkout.session.async_payment_failed", session)).toMatchObject({ report: { state: "FAILED" } });
});

it("counts rupiah in hundredths, and knows no currency that we do not keep", () => {
  const session = {
    client_reference_id: "TG-000007",
    payment_status: "paid",
    amount_total: 1_500_000,
    payment_intent: "pi_1",
  };
  const told = (currency: string) => effectOf("checkout.session.completed", { ...session, currency });
  const rupiah = { minorUnits: 1_500_000n, currency: "IDR" };
  expect(told("idr")).toMatchObject({ report: { state: "PAID", amount: rupiah, paymentReference: "pi_1" } });
  expect(told("jpy")).toMatchObject({ report: { state: "PAID", amount: null } });
});

it("takes a dispute for a chargeback when money was withdrawn, and for its reversal when it came back", () => {
  const dispute = { id: "dp_1", payment_intent: "pi_1", amount: 5_000, currency: "zar" };
  const amount = { minorUnits: 5_000n, currency: "ZAR" };
  expect(effectOf("charge.dispute.created", dispute)).toEqual({ kind: "NOTHING" });
  expect(effectOf("charge.dispute.funds_withdrawn", dispute)).toEqual({
    kind: "CHARGEBACK",
    paymentReference: "pi_1",
    amount,
  });
  expect(effectOf("charge.dispute.funds_reinstated", dispute)).toMatchObject({ kind: "CHARGEBACK_REVERSED" });
});
