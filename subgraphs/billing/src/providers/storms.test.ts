import { randomUUID } from "node:crypto";
import { type Currency, type SettingKey, variableOf } from "@tollgate/kit";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { requestCaller, TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { billingSubgraph } from "../index.js";
import { walletFor } from "../ledger/ledger.js";
import { verifyLedger } from "../ledger/verify.js";
import { system } from "../testing/arrange.js";
import { topUp } from "../topups/topup.schema.js";
import { walletById } from "../wallet/wallets.js";
import { providerEvent } from "./event.schema.js";
import { webhookPath } from "./paths.js";
import type { OnlineProvider, WebhookRequest } from "./provider.js";
import { simulateMidtrans } from "./testing/midtrans-server.js";
import { simulatePayGate } from "./testing/paygate-server.js";
import { simulatePaystack } from "./testing/paystack-server.js";
import type { Simulation } from "./testing/simulation.js";
import { simulateStripe } from "./testing/stripe-server.js";

const SIMULATIONS = {
  PAYSTACK: simulatePaystack,
  PAYGATE: simulatePayGate,
  MIDTRANS: simulateMidtrans,
  STRIPE: simulateStripe,
};
const NAMES = ["PAYSTACK", "PAYGATE", "MIDTRANS", "STRIPE"] as const;
/** R500.00, and 100,000 rupiah. */
const AMOUNTS: Partial<Record<Currency, bigint>> = { ZAR: 50_000n, IDR: 10_000_000n };

const tree = testTree();
const simulations = new Map<OnlineProvider, Simulation>();
const records: { action: string; resourceId: string | null }[] = [];
let billing: TestSubgraph;
let time = new Date("2026-05-04T09:00:00Z");

beforeAll(async () => {
  for (const name of NAMES) {
    const simulation = await SIMULATIONS[name]();
    simulations.set(name, simulation);
    for (const [key, value] of Object.entries(simulation.credentials)) vi.stubEnv(variableOf(key as SettingKey), value); // as an adapter names them
  }
  const paymentAddresses = Object.fromEntries([...simulations].map(([name, { server }]) => [name, server.address]));
  const sink = {
    deliver: async (events: readonly DeliveredEvent[]) => {
      for (const { type, payload } of events) if (type === "audit.recorded") records.push(payload as (typeof records)[0]);
    },
  };
  billing = await TestSubgraph.start(
    inject("postgresUrl"),
    billingSubgraph({ clock: () => time, publicUrl: "https://tollgate.example", paymentAddresses }),
    tree.source,
  );
});
