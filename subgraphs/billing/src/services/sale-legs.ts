import type { Leg } from "../ledger/ledger.js";
import type { Due } from "./period.js";

/** Money from a wallet for what is sold; to it where that is given back. */
export const saleLegs = (walletId: string, { net, tax }: Due): Leg[] => {
  const legs: Leg[] = [
    { walletId, account: "WALLET", amount: -(net + tax) },
    { walletId, account: "REVENUE", amount: net },
    { walletId, account: "TAX", amount: tax },
  ];
  return legs.filter(({ amount }) => amount !== 0n);
};
