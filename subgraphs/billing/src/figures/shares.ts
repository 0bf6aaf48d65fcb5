const floorOf = (numerator: bigint, denominator: bigint): bigint => {
  const quotient = numerator / denominator;
  return numerator % denominator < 0n ? quotient - 1n : quotient;
};

/**
 * Splits a whole in proportion to weights, by largest remainder: the parts add up to it exactly. Where the weights come to
 * nothing, or less, all parts are 0.
 */
export const sharesOf = (whole: bigint, weights: readonly bigint[]): bigint[] => {
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  if (sum <= 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => floorOf(whole * weight, sum));
  const missing = Number(parts.reduce((left, part) => left - part, whole));
  const remainders = weights.map((weight, nth) => ({ nth, left: whole * weight - (parts[nth] ?? 0n) * sum }));
  const largest = remainders.sort((a, b) => (a.left === b.left ? a.nth - b.nth : a.left < b.left ? 1 : -1));
  for (const { nth } of largest.slice(0, missing)) parts[nth] = (parts[nth] ?? 0n) + 1n;
  return parts;
};
