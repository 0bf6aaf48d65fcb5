import type { Money } from "@tollgate/kit";
import { midtransAdapter } from "../adapters/midtrans.js";
import type { WebhookRequest } from "../provider.js";
import { MidtransServer, rupiah } from "../simulated/midtrans.js";
import { listen } from "./loopback.js";
import type { Simulation } from "./simulation.js";

/** Midtrans' simulation for the contract of providers. */
export const simulateMidtrans = async (): Promise<Simulation & { provider: MidtransServer }> => {
  const provider = new MidtransServer();
  const changed = ({ minorUnits, currency }: Money) => ({ gross_amount: rupiah(minorUnits / 100n), currency });
  const orderIn = ({ rawBody }: WebhookRequest): string => JSON.parse(Buffer.from(rawBody).toString()).order_id;
  return {
    provider,
    adapter: midtransAdapter,
    credentials: provider.credentials,
    wrongCredentials: { "payments.midtransServerKey": "Mid-server-x", "payments.midtransClientKey": "Mid-client-x" },
    server: await listen(provider.answer),
    amount: { minorUnits: 10_000_000n, currency: "IDR" },
    pay: (reference, amount) =>
      provider.become(reference, { transaction_status: "settlement", ...(amount && changed(amount)) }),
    fail: (reference) => provider.decline(reference),
    forge: (webhook) => provider.notification(orderIn(webhook), {}, "Mid-server-guessed"),
  };
};
