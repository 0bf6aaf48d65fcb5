import { type Currency, readSettings, type Tx } from "@tollgate/kit";
import { greater, lesser } from "../prices/fraction.js";
import type { ProviderLimits, TakenCurrency } from "../providers/provider.js";

const limits = (minimum: bigint, maximum: bigint): ProviderLimits => ({
  minimum: minimum * 100n,
  maximum: maximum * 100n,
});

/** Of one payment, in the currencies that have no setting. */
const DEFAULT_LIMITS: Readonly<Record<Exclude<Currency, "ZAR">, ProviderLimits>> = {
  IDR: limits(10_000n, 10_000_000n),
  USD: limits(5n, 25_000n),
  EUR: limits(5n, 25_000n),
  PKR: limits(500n, 5_000_000n),
};

const ours = async (tx: Tx, organisationId: string, currency: Currency): Promise<ProviderLimits> => {
  if (currency !== "ZAR") return DEFAULT_LIMITS[currency];
  const set = await readSettings(tx, ["billing.topUpMinimum", "billing.topUpMaximum"], organisationId);
  return { minimum: set["billing.topUpMinimum"].minorUnits, maximum: set["billing.topUpMaximum"].minorUnits };
};

/**
 * Of one payment into a wallet of this currency.
 * @param taken how the provider takes it, whose own limits count where they are narrower; null: a manual transfer.
 */
export const limitsOf = async (
  tx: Tx,
  organisationId: string,
  currency: Currency,
  taken: TakenCurrency | null,
): Promise<ProviderLimits> => {
  const { minimum, maximum } = await ours(tx, organisationId, currency);
  const theirs = taken?.limits;
  if (!theirs) return { minimum, maximum };
  return { minimum: greater(theirs.minimum, minimum), maximum: lesser(theirs.maximum, maximum) };
};
