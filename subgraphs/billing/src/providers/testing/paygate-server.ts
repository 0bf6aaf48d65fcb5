import type { Money } from "@tollgate/kit";
import { paygateAdapter } from "../adapters/paygate.js";
import type { WebhookRequest } from "../provider.js";
import { PayGateServer } from "../simulated/paygate.js";
import { listen } from "./loopback.js";
import type { Simulation } from "./simulation.js";

/** PayGate's simulation for the contract of providers. */
export const simulatePayGate = async (): Promise<Simulation & { provider: PayGateServer }> => {
  const provider = new PayGateServer();
  const paid = { status: "1", code: "990017", description: "Auth Done" };
  const changed = ({ minorUnits, currency }: Money) => ({ amount: `${minorUnits}`, currency });
  const referenceIn = ({ rawBody }: WebhookRequest) =>
    new URLSearchParams(Buffer.from(rawBody).toString()).get("REFERENCE") ?? "";
  return {
    provider,
    adapter: paygateAdapter,
    credentials: provider.credentials,
    wrongCredentials: { ...provider.credentials, "payments.payGateKey": "another" },
    server: await listen(provider.answer),
    amount: { minorUnits: 3_299n, currency: "ZAR" },
    pay: (reference, amount) => provider.end(reference, { ...paid, ...(amount && changed(amount)) }),
    fail: (reference) => provider.decline(reference),
    forge: (webhook) => provider.notification(referenceIn(webhook), "guessed"),
  };
};
