import { readAmount, typedAmount } from "../format/money-entry.js";
import type { SettingFieldsFragment } from "../gql/graphql.js";
import { amountOf, inSeconds, inUnits } from "./setting-words.js";

type Definition = SettingFieldsFragment["definition"];

/** What stands in the fields of an editor; `unit` is of a length of time. */
export interface Typed {
  text: string;
  unit: string;
}

/** What somebody typed, as JSON has it, or what is wrong with it. */
export type ValueEntry = { value: unknown; problem: null } | { value: null; problem: string };

const wrong = (problem: string): ValueEntry => ({ value: null, problem });
const fine = (value: unknown): ValueEntry => ({ value, problem: null });

/** What an editor begins with. A secret begins empty: nobody is shown it. */
export function typedOf(definition: Definition, value: unknown, locale: string | undefined): Typed {
  const typed = (text: string, unit = "second"): Typed => ({ text, unit });
  const amount = amountOf(value);
  if (definition.type === "MONEY" && amount) return typed(typedAmount(amount.minorUnits, amount.currency, locale));
  if (definition.type === "DURATION" && typeof value === "number") {
    const { count, unit } = inUnits(value);
    return typed(String(count), unit);
  }
  if (definition.type === "LIST" && Array.isArray(value)) return typed(value.join("\n"));
  return typed(value === null || definition.isSecret ? "" : String(value));
}

/** Reads what was typed. What only the server can know is left to it. */
export function readValue(definition: Definition, { text, unit }: Typed, locale: string | undefined): ValueEntry {
  const trimmed = text.trim();
  switch (definition.type) {
    case "BOOLEAN":
      return fine(text === "true");
    case "INTEGER":
      return readNumber(definition, trimmed, (count) => count);
    case "DURATION":
      return readNumber(definition, trimmed, (count) => inSeconds(count, unit));
    case "MONEY":
      return readMoney(amountOf(definition.default)?.currency ?? "ZAR", trimmed, locale);
    case "LIST":
      return fine(
        text
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== ""),
      );
    default:
      return trimmed === "" ? wrong("Enter a value.") : fine(trimmed);
  }
}

function readNumber({ minimum, maximum }: Definition, text: string, toValue: (count: number) => number): ValueEntry {
  if (!/^-?\d{1,9}$/.test(text)) return wrong("Enter a whole number.");
  const value = toValue(Number(text));
  if (typeof minimum === "number" && value < minimum) return wrong("This is less than is allowed.");
  if (typeof maximum === "number" && value > maximum) return wrong("This is more than is allowed.");
  return fine(value);
}

function readMoney(currency: string, text: string, locale: string | undefined): ValueEntry {
  const { minorUnits, problem } = readAmount(text, currency, locale);
  return problem === null ? fine({ minorUnits, currency }) : wrong("This is not an amount.");
}
