import type { Money } from "@tollgate/kit";
import { stripeAdapter } from "../adapters/stripe.js";
import { StripeServer, signedByStripe, stripeId } from "../simulated/stripe.js";
import { listen } from "./loopback.js";
import type { Simulation } from "./simulation.js";

/** Stripe's simulation for the contract of providers. */
export const simulateStripe = async (): Promise<Simulation & { provider: StripeServer }> => {
  const provider = new StripeServer();
  const paid = (amount?: Money) =>
    amount ? { amount_total: Number(amount.minorUnits), currency: amount.currency.toLowerCase() } : {};
  return {
    provider,
    adapter: stripeAdapter,
    credentials: provider.credentials,
    wrongCredentials: { "payments.stripeKey": "sk_test_nobodys", "payments.stripeWebhookKey": "whsec_nobodys" },
    server: await listen(provider.answer),
    amount: { minorUnits: 50_000n, currency: "ZAR" },
    pay: (reference, amount) =>
      provider.become(reference, "checkout.session.completed", {
        ...paid(amount),
        status: "complete",
        payment_status: "paid",
        payment_intent: stripeId("pi"),
      }),
    fail: (reference) => provider.become(reference, "checkout.session.expired", { status: "expired" }),
    forge: ({ rawBody }) => signedByStripe(Buffer.from(rawBody).toString(), "whsec_nobodys"),
  };
};
