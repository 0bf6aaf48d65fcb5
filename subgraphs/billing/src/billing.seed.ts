import type { Subgraph } from "@tollgate/kit";
import { type Credit, creditWallet } from "./ledger/ledger.js";
import { type NewPriceList, publishPriceList } from "./prices/prices.js";

/** Demo data; given ids and keys make repeating it harmless. */
export interface BillingSeed {
  priceLists: readonly NewPriceList[];
  credits: readonly Credit[];
}

/** Publishes price lists and credits wallets, through the same functions as ever. Does nothing for what is there. */
export const seedBilling = async (subgraph: Subgraph, { priceLists, credits }: BillingSeed): Promise<void> => {
  await subgraph.database.system("seed", async (tx) => {
    for (const list of priceLists) await publishPriceList(tx, list, new Date());
    for (const credit of credits) await creditWallet(tx, credit);
  });
};
