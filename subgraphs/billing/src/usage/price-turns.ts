import type { Tx } from "@tollgate/kit";
import { isNotNull } from "drizzle-orm";
import { priceList } from "../prices/price.schema.js";
import { pricesInForce } from "../prices/prices.js";
import type { Prices } from "../prices/rates.js";
import { taxTurns } from "../tax/tax.js";

/** What counts for an organisation at a moment of the stretch; null where it has no list. */
export type PricesAt = (organisationId: string, at: Date) => Prices | null;

/**
 * What counts for many organisations at the moments of a stretch of time, from its first to its last: read once, and
 * once more for each moment within at which some list or tax begins or ends.
 */
export const pricesOfEachThrough = async (
  tx: Tx,
  organisationIds: readonly string[],
  from: Date,
  until: Date,
): Promise<PricesAt> => {
  const lists = await tx.db
    .select({ begin: priceList.effectiveFrom, end: priceList.effectiveTo })
    .from(priceList)
    .where(isNotNull(priceList.publishedAt));
  const moments = [...lists.flatMap(({ begin, end }) => [begin, end]), ...(await taxTurns(tx))];
  const within = moments.flatMap((turn) => (turn !== null && turn > from && turn <= until ? [turn.getTime()] : []));
  const turns = [...new Set([from.getTime(), ...within])].sort((a, b) => a - b);
  const stages: { turn: number; prices: Map<string, Prices> }[] = [];
  for (const turn of turns) {
    stages.push({ turn, prices: await pricesInForce(tx, organisationIds, new Date(turn)) });
  }
  stages.reverse();
  return (organisationId, at) => stages.find(({ turn }) => turn <= at.getTime())?.prices.get(organisationId) ?? null;
};
