import type { Money } from "@tollgate/kit";
import { paystackAdapter } from "../adapters/paystack.js";
import { PaystackServer, signedByPaystack } from "../simulated/paystack.js";
import { listen } from "./loopback.js";
import type { Simulation } from "./simulation.js";

/** Paystack's simulation for the contract of providers. */
export const simulatePaystack = async (): Promise<Simulation & { provider: PaystackServer }> => {
  const provider = new PaystackServer();
  const paid = (amount?: Money) =>
    amount ? { amount: Number(amount.minorUnits), currency: amount.currency as string } : {};
  return {
    provider,
    adapter: paystackAdapter,
    credentials: provider.credentials,
    wrongCredentials: { "payments.paystackKey": "sk_test_nobodys" },
    server: await listen(provider.answer),
    amount: { minorUnits: 50_000n, currency: "ZAR" },
    pay: (reference, amount) =>
      provider.become(reference, { ...paid(amount), status: "success", gateway_response: "Successful" }),
    fail: (reference) => provider.become(reference, { status: "failed", gateway_response: "Declined" }),
    forge: ({ rawBody }) => signedByPaystack(Buffer.from(rawBody).toString(), "sk_test_nobodys"),
  };
};
