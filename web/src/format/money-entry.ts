/** "1,234,567", and "12,34,567" as India writes it. */
const THOUSANDS = /^\d{1,3}(,\d{3})+$/;
const LAKHS = /^\d{1,2}(,\d{2})*,\d{3}$/;

/** What somebody typed for an amount: the exact minor units as text, or why it is none. */
export type AmountEntry =
  | { minorUnits: string; problem: null }
  | { minorUnits: null; problem: "EMPTY" | "NOT_AN_AMOUNT" | "TOO_FINE" };

const DEFAULT_DIGITS = 2;
/** Of those that the books count in hundredths, whatever a browser thinks: newer ones show rupiah without any. */
const BOOK_DIGITS: Readonly<Record<string, number>> = { ZAR: 2, USD: 2, EUR: 2, IDR: 2, PKR: 2 };

/** Those in which wallets are kept. */
export const CURRENCIES: readonly string[] = Object.keys(BOOK_DIGITS);

/** How many digits of minor units stand after the decimal sign. */
export function moneyDigits(currency: string): number {
  const usual = () => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return BOOK_DIGITS[currency] ?? usual().maximumFractionDigits ?? DEFAULT_DIGITS;
}

/**
 * Reads an amount as people of the locale write it ("1 250,50", "R1,250.50") without ever making it a float.
 * Where the locale has another decimal sign, a lone full stop or comma before one or two digits still counts as one.
 */
export function readAmount(typed: string, currency: string, locale: string | undefined): AmountEntry {
  const { decimal, group, digits } = habits(currency, locale);
  const plain = typed
    .trim()
    .replace(/^[\p{L}\p{Sc}]+\s*|\s*[\p{L}\p{Sc}]+$/gu, "")
    .replace(/[\s\u00a0\u202f’']/g, "");
  if (plain === "") return { minorUnits: null, problem: typed.trim() === "" ? "EMPTY" : "NOT_AN_AMOUNT" };
  const match = amountPattern(plain, decimal, group);
  if (!match) return { minorUnits: null, problem: "NOT_AN_AMOUNT" };
  if (match.fraction.length > digits) return { minorUnits: null, problem: "TOO_FINE" };
  return { minorUnits: BigInt(match.whole + match.fraction.padEnd(digits, "0")).toString(), problem: null };
}

/** Minor units as one would type them into a field of the locale: "1250,50". */
export function typedAmount(minorUnits: string, currency: string, locale: string | undefined): string {
  const { decimal, digits } = habits(currency, locale);
  const sign = minorUnits.startsWith("-") ? "-" : "";
  const padded = minorUnits.replace("-", "").padStart(digits + 1, "0");
  if (digits === 0) return sign + padded;
  return `${sign}${padded.slice(0, -digits)}${decimal}${padded.slice(-digits)}`;
}

/** Whole part and fraction of digits with separators; null when they stand where no amount has them. */
function amountPattern(plain: string, decimal: string, group: string): { whole: string; fraction: string } | null {
  for (const [point, thousands] of [
    [decimal, group],
    [other(decimal), decimal],
  ] as const) {
    const parts = plain.split(point);
    if (parts.length > 2) continue;
    const [head = "", fraction = ""] = parts;
    // Three digits after the foreign sign may as well be a thousand: that is not guessed.
    if (point !== decimal && (parts.length !== 2 || fraction.length === 0 || fraction.length > 2)) continue;
    const whole = ungrouped(head, thousands);
    if (whole !== null && /^\d*$/.test(fraction)) return { whole, fraction };
  }
  return null;
}

function ungrouped(head: string, group: string): string | null {
  if (/^\d+$/.test(head)) return head;
  if (group !== "." && group !== ",") return null;
  const groups = head.split(group).join(",");
  return THOUSANDS.test(groups) || LAKHS.test(groups) ? groups.replaceAll(",", "") : null;
}

function other(decimal: string): string {
  return decimal === "," ? "." : ",";
}

function habits(currency: string, locale: string | undefined) {
  const style = { style: "currency", currency } as const;
  const digits = moneyDigits(currency);
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const parts = new Intl.NumberFormat(locale, { ...style, ...fraction }).formatToParts(1_234_567.5);
  const sign = (type: "decimal" | "group") => parts.find((part) => part.type === type)?.value;
  return { decimal: sign("decimal") ?? ".", group: sign("group") ?? "", digits };
}
