import type { Subgraph, Tx } from "@tollgate/kit";
import { and, gt, inArray } from "drizzle-orm";
import { type Credit, creditWallet } from "./ledger/ledger.js";
import { wallet } from "./ledger/ledger.schema.js";
import { type NewPriceList, publishPriceList } from "./prices/prices.js";
import { reserveFirst } from "./usage/reserves.js";

/** Demo data. Price lists are known by their ids; wallets are credited while nothing has moved on them yet. */
export interface BillingSeed {
  priceLists: readonly NewPriceList[];
  credits: readonly Credit[];
}

/** Wallets that have moved, as `organisation currency`: keys are forgotten after a month, postings never. */
const movedWallets = async (tx: Tx, credits: readonly Credit[]): Promise<Set<string>> => {
  const organisationIds = credits.map(({ organisationId }) => organisationId);
  const rows = await tx.db
    .select({ organisationId: wallet.organisationId, currency: wallet.currency })
    .from(wallet)
    .where(and(inArray(wallet.organisationId, organisationIds), gt(wallet.postings, 0n)));
  return new Set(rows.map(({ organisationId, currency }) => `${organisationId} ${currency}`));
};

/**
 * Publishes price lists and credits wallets through the same functions as ever, all in one transaction. Does nothing
 * for what is there, so it may run at every start.
 */
export const seedBilling = async (subgraph: Subgraph, { priceLists, credits }: BillingSeed): Promise<void> => {
  await subgraph.database.system("seed", async (tx) => {
    for (const list of priceLists) await publishPriceList(tx, list, new Date());
    const moved = await movedWallets(tx, credits);
    for (const credit of credits) {
      if (!moved.has(`${credit.organisationId} ${credit.currency}`)) await creditWallet(tx, credit);
    }
  });
};

/**
 * Reserves of demo machines, as if they had been ordered; they must be known here, from telemetry. Those that have or had
 * one are left as they are, so it may run at every start.
 */
export const seedReserves = async (subgraph: Subgraph, vmIds: readonly string[], at: Date): Promise<void> => {
  await subgraph.database.system("seed", (tx) => reserveFirst(tx, vmIds, at));
};
