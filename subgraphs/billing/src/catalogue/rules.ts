import { type Currency, InvalidInputFault, type Money, oneLine, type RefusedField } from "@tollgate/kit";
import type { BillingInterval } from "../prices/breakdown.js";
import type { ItemKind } from "./catalogue.schema.js";

/** What somebody wants to sell. */
export interface ItemWish {
  kind: ItemKind;
  name: string;
  description: string | null;
  category: string | null;
  /** For one of it, without tax. */
  price: Money;
  interval: BillingInterval | null;
}

/** What is on offer, as it is kept. */
export interface ItemTerms extends Omit<ItemWish, "price"> {
  price: bigint;
  currency: Currency;
}

const LONGEST = { name: 100, category: 60, description: 2_000 };
/** A million million: beyond it a price is a mistake. */
const HIGHEST_PRICE = 10n ** 12n;
/** Of one item in one order or service subscription. */
export const MOST_OF_ONE = 1_000;
/** Items in one order, quote or question. */
export const MOST_LINES = 50;

const refuse = (path: string, reason: string, message: string): RefusedField => ({
  path: path.split("."),
  reason,
  message,
});

const text = (value: string | null): string | null => {
  const trimmed = value?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
};

const faultsOf = ({
  name,
  description,
  category,
  price,
}: Pick<ItemTerms, "name" | "description" | "category" | "price">) => {
  const fields: RefusedField[] = [];
  if (name.length < 1 || name.length > LONGEST.name) {
    fields.push(refuse("name", "LENGTH", `A name has 1 to ${LONGEST.name} characters.`));
  }
  if ((description?.length ?? 0) > LONGEST.description) {
    fields.push(refuse("description", "TOO_LONG", `A description has at most ${LONGEST.description} characters.`));
  }
  if ((category?.length ?? 0) > LONGEST.category) {
    fields.push(refuse("category", "TOO_LONG", `A category has at most ${LONGEST.category} characters.`));
  }
  if (price < 0n || price > HIGHEST_PRICE) {
    fields.push(refuse("price.minorUnits", "OUT_OF_RANGE", "A price is not negative, and not absurd."));
  }
  return fields;
};

/**
 * Terms as they are kept: names in one line, nothing but blanks is nothing.
 * @throws InvalidInputFault with every field that is wrong.
 */
export const termsOf = (wish: ItemWish): ItemTerms => {
  const { kind, interval, price } = wish;
  const terms: ItemTerms = {
    kind,
    interval,
    name: oneLine(wish.name),
    category: wish.category === null ? null : text(oneLine(wish.category)),
    description: text(wish.description),
    price: price.minorUnits,
    currency: price.currency,
  };
  const fields = faultsOf(terms);
  if (kind === "SERVICE" && interval === null) {
    fields.push(refuse("interval", "REQUIRED", "Say how often the service renews."));
  }
  if (kind === "PRODUCT" && interval !== null) {
    fields.push(refuse("interval", "NOT_ALLOWED", "A product is bought once; leave the interval out."));
  }
  if (fields.length > 0) throw new InvalidInputFault(fields);
  return terms;
};

/** What changes of an item; what is undefined stays. */
export interface ItemChange {
  name?: string | undefined;
  description?: string | null | undefined;
  category?: string | null | undefined;
  price?: Money | undefined;
}

/** The terms after a change. @throws InvalidInputFault, also for a price in another currency. */
export const changedTerms = (known: ItemTerms, change: ItemChange): ItemTerms => {
  const { name = known.name, description = known.description, category = known.category } = change;
  const price = change.price ?? { minorUnits: known.price, currency: known.currency };
  if (price.currency !== known.currency) {
    throw InvalidInputFault.of("price.currency", "OTHER_CURRENCY", `This item is sold in ${known.currency}.`);
  }
  return termsOf({ kind: known.kind, interval: known.interval, name, description, category, price });
};

/** @throws InvalidInputFault unless it is a whole number of 1 to 1,000. */
export const requireQuantity = (quantity: number, path: string): number => {
  if (Number.isInteger(quantity) && quantity >= 1 && quantity <= MOST_OF_ONE) return quantity;
  throw InvalidInputFault.of(path, "OUT_OF_RANGE", `Take 1 to ${MOST_OF_ONE} of it.`);
};
