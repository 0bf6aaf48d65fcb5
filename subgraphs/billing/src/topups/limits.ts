import type { Currency } from "@tollgate/kit";

/** Minor units of one payment, at least and at most. */
export interface AmountLimits {
  minimum: bigint;
  maximum: bigint;
}

const limits = (minimum: bigint, maximum: bigint): AmountLimits => ({
  minimum: minimum * 100n,
  maximum: maximum * 100n,
});

/** Of a manual transfer, by currency. */
export const MANUAL_LIMITS: Readonly<Record<Currency, AmountLimits>> = {
  ZAR: limits(50n, 500_000n),
  IDR: limits(10_000n, 10_000_000n),
  USD: limits(5n, 25_000n),
  EUR: limits(5n, 25_000n),
  PKR: limits(500n, 5_000_000n),
};
