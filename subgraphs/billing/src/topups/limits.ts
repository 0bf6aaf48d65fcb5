import { type Currency, readSettings, type Tx } from "@tollgate/kit";

/** Minor units of one payment, at least and at most. */
export interface AmountLimits {
  minimum: bigint;
  maximum: bigint;
}

const limits = (minimum: bigint, maximum: bigint): AmountLimits => ({
  minimum: minimum * 100n,
  maximum: maximum * 100n,
});

/** Of a manual transfer, in the currencies that have no setting. */
const MANUAL_LIMITS: Readonly<Record<Exclude<Currency, "ZAR">, AmountLimits>> = {
  IDR: limits(10_000n, 10_000_000n),
  USD: limits(5n, 25_000n),
  EUR: limits(5n, 25_000n),
  PKR: limits(500n, 5_000_000n),
};

/** Of a manual transfer into a wallet of this currency. */
export const manualLimits = async (tx: Tx, organisationId: string, currency: Currency): Promise<AmountLimits> => {
  if (currency !== "ZAR") return MANUAL_LIMITS[currency];
  const set = await readSettings(tx, ["billing.topUpMinimum", "billing.topUpMaximum"], organisationId);
  return { minimum: set["billing.topUpMinimum"].minorUnits, maximum: set["billing.topUpMaximum"].minorUnits };
};
