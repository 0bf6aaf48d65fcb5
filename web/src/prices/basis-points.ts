/** Percent as people type them ("12,5", "-5 %") in basis points; null where it is none. */
export function readPercent(typed: string): number | null {
  // Some locales write a minus of their own.
  const plain = typed.replace(/[\s%]/g, "").replace("\u2212", "-");
  const match = /^([+-]?)(\d{1,4})(?:[.,](\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  const [, sign, whole = "", fraction = ""] = match;
  const basisPoints = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return sign === "-" ? -basisPoints : basisPoints;
}

/** Basis points as one would type them. */
export function typedPercent(basisPoints: number, locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 2, useGrouping: false }).format(basisPoints / 100);
}

/** Basis points in words such as "10 %" or "+2,5 %". */
export function percentWords(basisPoints: number, locale: string | undefined, signed = false): string {
  const signDisplay = signed ? "exceptZero" : "auto";
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 2, signDisplay }).format(basisPoints / 100)} %`;
}
