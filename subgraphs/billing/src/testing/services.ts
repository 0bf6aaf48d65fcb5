import { randomUUID } from "node:crypto";
import type { Tx } from "@tollgate/kit";
import type { TestTree } from "@tollgate/kit/testing";
import { postEntry, walletFor } from "../ledger/ledger.js";
import { subscribe } from "../services/subscribing.js";
import { system } from "./arrange.js";
import type { Shop } from "./shop.js";

/** Makes an organisation's wallet hold exactly this much. */
export const setWallet = async (shop: Shop, organisationId: string, cents: bigint): Promise<void> => {
  const { available } = await shop.desk.books(organisationId);
  const amount = cents - available;
  if (amount === 0n) return;
  await system(shop.subgraph, async (tx) => {
    const walletId = await walletFor(tx, organisationId, "ZAR");
    const legs = [
      { walletId, account: "WALLET" as const, amount },
      { walletId, account: "WRITE_OFF" as const, amount: -amount },
    ];
    const eventAt = shop.clock.now();
    await postEntry(tx, { organisationId, kind: "ADJUSTMENT", description: "Test", eventAt, legs });
  });
};

/** Ends everything that goes on, so that tests do not meet each other's subscriptions. */
export const endAll = (shop: Shop): Promise<unknown> =>
  system(
    shop.subgraph,
    (tx) => tx.sql`update service_subscription set state = 'CANCELLED', past_due_since = null,
      ended_at = current_period_start where ended_at is null`,
  );

/** A subscription of the customer. @returns its id. */
export const subscribed = (shop: Shop, tree: TestTree, itemId: string, quantity = 1): Promise<string> =>
  system(shop.subgraph, (tx: Tx) =>
    subscribe(
      tx,
      {
        organisationId: tree.customer,
        itemId,
        quantity,
        couponCode: null,
        currency: null,
        idempotencyKey: randomUUID(),
      },
      shop.clock.now(),
    ),
  );

export interface Standing {
  state: string;
  current_period_start: string;
  current_period_end: string;
  unit_price: bigint;
  version: number;
}

export const standingOf = (shop: Shop, id: string): Promise<Standing> =>
  system(shop.subgraph, async (tx) => {
    const [row] = await tx.sql<Standing[]>`select state, current_period_start, current_period_end, unit_price, version
      from service_subscription where id = ${id}`;
    if (!row) throw new Error("no such subscription");
    return row;
  });
