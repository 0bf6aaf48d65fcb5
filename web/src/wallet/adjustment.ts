import { readAmount } from "../format/money-entry.js";

/** A correction of a wallet, as somebody fills it in. */
export interface AdjustmentForm {
  direction: "add" | "take";
  /** As it was typed. */
  amount: string;
  reason: string;
}

export type AdjustmentErrors = Partial<Record<"amount" | "reason", string>>;

const SHORTEST_REASON = 3;

/** What was typed, negative for what is taken away; or what stands in the way, by field. */
export function readAdjustment(
  { direction, amount, reason }: AdjustmentForm,
  currency: string,
  locale: string | undefined,
): { minorUnits: string; reason: string } | { errors: AdjustmentErrors } {
  const { minorUnits, problem } = readAmount(amount, currency, locale);
  const text = reason.trim();
  const errors: AdjustmentErrors = {
    ...(problem !== null && { amount: "An amount, such as 100." }),
    ...(minorUnits === "0" && { amount: "Nothing would change." }),
    ...(text.length < SHORTEST_REASON && { reason: "Say why: it is read with the entry." }),
  };
  if (minorUnits === null || Object.keys(errors).length > 0) return { errors };
  return { minorUnits: direction === "take" ? `-${minorUnits}` : minorUnits, reason: text };
}
