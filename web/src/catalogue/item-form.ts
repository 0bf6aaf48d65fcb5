import { readAmount } from "../format/money-entry.js";
import type { BillingInterval, CatalogueItemKind } from "../gql/graphql.js";

/** What stands in the form of an item. */
export interface ItemForm {
  kind: CatalogueItemKind;
  name: string;
  category: string;
  description: string;
  price: string;
  interval: BillingInterval;
}

export const EMPTY_FORM: ItemForm = {
  kind: "SERVICE",
  name: "",
  category: "",
  description: "",
  price: "",
  interval: "MONTHLY",
};

export type FieldErrors = Partial<Record<string, string>>;

/** What the server would refuse, found before it is asked. */
export function missingIn(form: ItemForm, currency: string, locale: string | undefined): FieldErrors {
  const { problem } = readAmount(form.price, currency, locale);
  return {
    ...(form.name.trim() === "" && { name: "Give it a name." }),
    ...(problem === "EMPTY" && { price: "Enter a price." }),
    ...(problem === "NOT_AN_AMOUNT" && { price: "This is not an amount." }),
    ...(problem === "TOO_FINE" && { price: "The currency has no smaller parts than that." }),
  };
}

/** The parts that a new item and a changed one have in common, as the graph takes them. */
export function termsOf(form: ItemForm, currency: string, locale: string | undefined) {
  const { minorUnits } = readAmount(form.price, currency, locale);
  const text = (typed: string) => (typed.trim() === "" ? null : typed.trim());
  return {
    name: form.name.trim(),
    category: text(form.category),
    description: text(form.description),
    price: { minorUnits: minorUnits ?? "0", currency },
  };
}
