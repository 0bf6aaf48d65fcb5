import { readAmount } from "../format/money-entry.js";
import type { BillingMode } from "../gql/graphql.js";
import { type Begin, beginOf } from "../prices/BeginField.js";
import { shownAmount } from "../prices/money-words.js";
import type { Paying } from "./mode-changes.js";

/** A change of how an organisation pays, as somebody fills it in. */
export interface ModeForm {
  mode: BillingMode;
  currency: string;
  /** As it was typed. */
  limit: string;
  begin: Begin;
  /** The instant of the planned change whose place it takes; null for one of its own. */
  replaces: string | null;
}

interface Reader {
  timeZone: string;
  locale: string | undefined;
}

export type ModeErrors = Partial<Record<"mode" | "creditLimit" | "effectiveFrom", string>>;

/** What is asked for, as far as it can be read; null where the limit is none. */
export function payingOf({ mode, currency, limit }: ModeForm, { locale }: Reader): Paying | null {
  if (mode === "PREPAID") return { mode, creditLimit: null };
  const { minorUnits } = readAmount(limit, currency, locale);
  if (minorUnits === null) return null;
  return { mode, creditLimit: { minorUnits, currency, formatted: shownAmount(minorUnits, currency, locale) } };
}

/** From when on; null where a day is missing. @param now of the books, in milliseconds since 1970. */
export function effectiveFrom({ begin, replaces }: ModeForm, now: number, { timeZone }: Reader): string | null {
  return replaces ?? beginOf(begin, now, timeZone);
}

/** What stands in the way of asking for it, by field. */
export function missingOf(form: ModeForm, reader: Reader): ModeErrors {
  return {
    ...(payingOf(form, reader) === null && { creditLimit: "An amount, such as 5000." }),
    ...(effectiveFrom(form, 0, reader) === null && { effectiveFrom: "Choose a day." }),
  };
}
