import type { FieldProblem } from "../api/problems.js";
import type { ItemFieldsFragment } from "../gql/graphql.js";
import { readQuantity } from "./catalogue-words.js";

/** A product that was chosen for a quote, and how many of it as they were typed. */
export interface Chosen {
  item: ItemFieldsFragment;
  typed: string;
}

/** Different products in one quote. */
export const MOST_CHOSEN = 50;

/** With one more, or without it where it was chosen already. Those beyond the most are not taken. */
export function toggled(chosen: readonly Chosen[], item: ItemFieldsFragment): readonly Chosen[] {
  const others = chosen.filter((one) => one.item.id !== item.id);
  if (others.length < chosen.length) return others;
  return chosen.length < MOST_CHOSEN ? [...chosen, { item, typed: "1" }] : chosen;
}

/** With another quantity of one. */
export function retyped(chosen: readonly Chosen[], itemId: string, typed: string): readonly Chosen[] {
  return chosen.map((one) => (one.item.id === itemId ? { ...one, typed } : one));
}

/** The same as lines of a quote; null while a quantity is none. */
export function linesOf(chosen: readonly Chosen[]): { itemId: string; quantity: number }[] | null {
  const lines = chosen.flatMap(({ item, typed }) => {
    const quantity = readQuantity(typed);
    return quantity === null ? [] : [{ itemId: item.id, quantity }];
  });
  return lines.length === chosen.length && lines.length > 0 ? lines : null;
}

/** What is wrong with which of them, and what is wrong beside. */
export function placed(
  chosen: readonly Chosen[],
  problems: readonly FieldProblem[],
): { byItem: ReadonlyMap<string, string>; rest: string | null } {
  const byItem = new Map<string, string>();
  let rest: string | null = null;
  for (const { path, message } of problems) {
    const id = path[0] === "items" ? chosen[Number(path[1])]?.item.id : undefined;
    if (id === undefined) rest ??= message;
    else byItem.set(id, message);
  }
  return { byItem, rest };
}
