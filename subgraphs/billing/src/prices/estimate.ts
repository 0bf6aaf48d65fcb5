import { type Currency, InvalidInputFault, type Tx } from "@tollgate/kit";
import { Adjusting } from "./adjustments.js";
import { type BillingInterval, type Breakdown, priceOf } from "./breakdown.js";
import type { MachineSize } from "./cost.js";
import { pricesInForce } from "./prices.js";

/**
 * What a machine would cost an organisation at a moment, under the list that counts for it, with the discounts of then.
 * @throws InvalidInputFault where no list counts, or not in this currency, or it lacks a price.
 */
export const estimate = async (
  tx: Tx,
  organisationId: string,
  size: MachineSize,
  interval: BillingInterval,
  currency: Currency | null | undefined,
  at: Date,
): Promise<Breakdown> => {
  const prices = (await pricesInForce(tx, [organisationId], at)).get(organisationId);
  if (!prices || (currency && prices.list.currency !== currency)) {
    throw InvalidInputFault.of("currency", "NO_PRICE_LIST", "There is no price list for this organisation.");
  }
  const adjusting = await Adjusting.read(tx, [organisationId], at, at);
  return priceOf(prices, size, interval, adjusting.at(organisationId, prices, at));
};
