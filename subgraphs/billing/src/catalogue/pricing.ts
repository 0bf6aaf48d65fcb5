import { type Currency, InvalidInputFault, isId, NotFoundFault, type Tx } from "@tollgate/kit";
import { type Calculation, calculate, type ExactLine, explained } from "../prices/calculation.js";
import { fraction } from "../prices/fraction.js";
import type { CatalogueItemRow, ItemKind } from "./catalogue.schema.js";
import { itemsById, sellersAbove } from "./reading.js";
import { MOST_LINES, requireQuantity } from "./rules.js";
import { type Terms, termsAt } from "./terms.js";

/** Some of an item, as somebody asks for it. */
export interface WantedLine {
  itemId: string;
  quantity: number;
}

/** The same with the item as it is on sale now. */
export interface PricedLine {
  item: CatalogueItemRow;
  quantity: number;
  /** Minor units: quantity times the price of one. */
  amount: bigint;
}

/** Items with what they come to for one organisation. */
export interface PricedItems {
  currency: Currency;
  lines: readonly PricedLine[];
  price: Calculation;
}

const WORDS: Record<ItemKind, { kind: "BASE" | "SERVICE"; unit: string }> = {
  SERVICE: { kind: "SERVICE", unit: "period" },
  PRODUCT: { kind: "BASE", unit: "piece" },
};

const exactLine = ({ item, quantity, amount }: PricedLine): ExactLine => ({
  kind: WORDS[item.kind].kind,
  description: item.name,
  name: item.name,
  quantity: `${quantity}`,
  unit: WORDS[item.kind].unit,
  unitPrice: item.price,
  exact: fraction(amount, 1n),
  explanation: explained({}),
});

/** What lines come to under these terms, step by step. */
export const calculateLines = (
  lines: readonly PricedLine[],
  currency: Currency,
  { adjustments, tax }: Terms,
  coupon: { couponId: string; code: string; discount: bigint } | null = null,
): Calculation => calculate({ currency, lines: lines.map(exactLine), list: null, adjustments, coupon, tax });

const at = (index: number, field: string): string => `items.${index}.${field}`;

const requireFew = (wanted: readonly WantedLine[]): void => {
  if (wanted.length < 1 || wanted.length > MOST_LINES) {
    throw InvalidInputFault.of("items", "OUT_OF_RANGE", `Take 1 to ${MOST_LINES} different items.`);
  }
  const seen = new Set<string>();
  for (const [index, { itemId }] of wanted.entries()) {
    if (seen.has(itemId)) throw InvalidInputFault.of(at(index, "itemId"), "DUPLICATE", "Each item only once.");
    seen.add(itemId);
  }
};

/**
 * The items as they are on sale for an organisation. A constant number of statements.
 * @param sellersOf whose items those may be; who sells something does not buy it.
 * @throws NotFoundFault for what they do not sell; InvalidInputFault for too many lines, quantities out of range, what
 *   is retired, or several currencies.
 */
export const itemsOnSale = async (
  tx: Tx,
  organisationId: string,
  wanted: readonly WantedLine[],
  currency: Currency | null,
  sellersOf = sellersAbove,
): Promise<PricedLine[]> => {
  requireFew(wanted);
  const sellers = await sellersOf(tx, organisationId);
  const known = await itemsById(
    tx,
    wanted.map(({ itemId }) => itemId),
  );
  let first = currency;
  return wanted.map(({ itemId, quantity: given }, index) => {
    const item = isId(itemId) ? known.get(itemId.toLowerCase()) : undefined;
    if (!item || !sellers.includes(item.organisationId)) throw new NotFoundFault("catalogueItem", itemId);
    const quantity = requireQuantity(given, at(index, "quantity"));
    if (item.state === "RETIRED") {
      throw InvalidInputFault.of(at(index, "itemId"), "RETIRED", `${item.name} is not on sale any more.`);
    }
    first ??= item.currency;
    if (item.currency !== first) {
      throw InvalidInputFault.of(at(index, "itemId"), "OTHER_CURRENCY", `${item.name} is sold in ${item.currency}.`);
    }
    return { item, quantity, amount: item.price * BigInt(quantity) };
  });
};

/** What items come to for an organisation at a moment, with the discounts and the tax of then. @throws as `itemsOnSale`. */
export const priceItems = async (
  tx: Tx,
  organisationId: string,
  wanted: readonly WantedLine[],
  currency: Currency | null,
  moment: Date,
  sellersOf = sellersAbove,
): Promise<PricedItems> => {
  const lines = await itemsOnSale(tx, organisationId, wanted, currency, sellersOf);
  const [line] = lines;
  if (!line) throw new Error("no lines were let through");
  const own = line.item.currency;
  return { currency: own, lines, price: calculateLines(lines, own, await termsAt(tx, organisationId, own, moment)) };
};
