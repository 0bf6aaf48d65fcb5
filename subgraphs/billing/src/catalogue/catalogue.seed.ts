import type { Subgraph, Tx } from "@tollgate/kit";
import { and, eq } from "drizzle-orm";
import { creditWallet } from "../ledger/ledger.js";
import { serviceSubscription } from "../services/service.schema.js";
import { subscribe } from "../services/subscribing.js";
import { seedItems } from "./items.js";
import { priceItems } from "./pricing.js";
import type { ItemWish } from "./rules.js";

/** Demo data. Items are known by their ids; a customer subscribes to each of its services once. */
export interface CatalogueSeed {
  items: readonly (ItemWish & { id: string; organisationId: string })[];
  subscriptions: readonly { organisationId: string; itemId: string; quantity: number }[];
}

/** Pays in what the first period costs, so that what the wallet had stays. */
const subscribeOnce = async (
  tx: Tx,
  { organisationId, itemId, quantity }: CatalogueSeed["subscriptions"][number],
  at: Date,
): Promise<void> => {
  const own = and(eq(serviceSubscription.organisationId, organisationId), eq(serviceSubscription.itemId, itemId));
  if ((await tx.db.$count(serviceSubscription, own)) > 0) return;
  const { price, currency } = await priceItems(tx, organisationId, [{ itemId, quantity }], null, at);
  const idempotencyKey = `demo subscription to ${itemId}`;
  const description = "Top-up by bank transfer";
  const paid = { organisationId, currency, minorUnits: price.total, description, at };
  await creditWallet(tx, { ...paid, idempotencyKey: `${idempotencyKey}, paid` });
  await subscribe(tx, { organisationId, itemId, quantity, couponCode: null, currency: null, idempotencyKey }, at);
};

/**
 * Puts things on sale and subscribes to some through the same functions as requests, all in one transaction. Does nothing
 * for what is there, so it may run at every start.
 */
export const seedCatalogue = async (
  subgraph: Subgraph,
  { items, subscriptions }: CatalogueSeed,
  now: Date,
): Promise<void> => {
  await subgraph.database.system("seed", async (tx) => {
    await seedItems(tx, items, now);
    for (const subscription of subscriptions) await subscribeOnce(tx, subscription, now);
  });
};
